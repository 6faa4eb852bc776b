"""A message as the rules see it: words with their places, slips repaired, clauses."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.safety.spellings import NO_SPELLINGS, Spellings

MAX_CHARACTERS = 4000
SHORTEST_REPAIRED = 6
_CANDIDATES = 5
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[.!?;,:\n()\-–—]")
_APOSTROPHES = str.maketrans("’‘´`ʼ＇", "''''''")
_SUBJECTS = {"i", "i'm", "i've", "i'd", "i'll", "he", "he's", "she", "she's", "we", "they", "now",
             "it's"}  # fmt: skip
_BREAKS = {".", "!", "?", ";", "\n", "(", ")", "–", "—", ":"}
_SIGNS = _BREAKS | {",", "-"}
_TURNS = {"but", "however", "though", "although", "except", "because", "cuz", "cos", "bc", "also",
          "plus", "then"}  # fmt: skip
_ADDS = {"also", "then"}
# "So" turns where a new clause follows it: "so I stopped", but "my throat is so tight".
_AFTER_SO = frozenset(
    """i i'm i've i'd i'll he he's she she's we they it it's you my his her our their your the a an
    this that these those there here now then if when what how why where who is are was do does did
    can could should would will may must have has please no dupixent""".split()
)
_JOINTS = {"and", "or", "&"}
# "My throat is closing": a possessive begins a clause when a verb follows its noun.
_POSSESSIVES = {"my", "his", "her", "our", "their"}
_VERBS = frozenset(
    """is are was were has have had feels feel felt keeps keep hurts hurt went won't isn't can't
    started got gets looks look just suddenly seems says said wants swelled blew burns stopped came
    took drank swallowed did does doesn't cannot collapsed fainted passed""".split()
)
# "My tongue is also big": what follows these goes on with them.
_LINKS = frozenset(
    """is are am was were be been being i'm it's he's she's they're feel feels felt feeling get gets
    got getting gotten look looks looking has have had""".split()
)
_DENIALS = frozenset("no not without never none nothing".split())
# After these, a subject belongs to what was being said: "is my throat", "if i".
_LEADS_ON = frozenset(
    """in on of to at for with from around near behind by under inside over into down up is are was
    can could will would should if that think hurts hurt hurting like about when why how and or make
    makes making made cause causes causing wish wishes wished hope hopes hoping can't cannot
    couldn't don't won't why not no never without affect between all both half part
    open move catch hold while where after before lost took take nor do does did""".split()
)
_IS = {"it's", "he's", "she's", "that's", "there's", "what's", "who's", "here's", "let's"}
# "In college I had hives": what comes before the subject says when.
_OPENERS = {"in", "as", "back", "during", "at", "say", "suppose", "growing"}
_LONGEST_OPENING = 5
# "The hives I had last spring": the subject explains what was named.
_POINTERS = {"the", "that", "those", "these"}
# "Last year my throat closed": the time belongs to what follows.
_TIME = {"last", "ago", "if", "when", "once", "used", "previously", "whenever", "before", "years"}


class Word(msgspec.Struct, frozen=True):
    """One word: as compared, and where it stands in the raw message."""

    text: str
    start: int
    end: int


class Clause(msgspec.Struct, frozen=True):
    """Words that belong together."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The clause as one string: what patterns are matched against."""
        return " ".join(word.text for word in self.words)


class Repair:
    """Mends slips in long words towards the words that the rules use.

    Args:
        vocabulary: the words of the rules.
        ordinary: English words that are right as they are.
        spellings: what is typed, and what is meant by it; see `read_spellings`.
    """

    def __init__(
        self,
        vocabulary: Iterable[str],
        ordinary: frozenset[str],
        spellings: Spellings = NO_SPELLINGS,
    ) -> None:
        self.spellings = spellings
        self._known = frozenset(vocabulary)
        # Of two that are as near, the ordinary word is meant.
        self._targets = sorted(
            (word for word in self._known if len(word) >= SHORTEST_REPAIRED),
            key=lambda word: (word not in ordinary, word),
        )
        self._ordinary = ordinary
        # Under a hash, and "" for what stays: no word of a patient is kept in memory.
        self._seen: dict[int, str] = {}

    def knows(self, word: str) -> bool:
        """Whether the rules use this word and it is long enough to be no other."""
        return len(word) >= SHORTEST_REPAIRED and word in self._known

    def mend(self, word: str) -> str:
        """The rules' word that this one is a slip for, or the word itself."""
        if (
            len(word) < SHORTEST_REPAIRED - 1
            or len(word) > 24
            or word in self._known
            or word in self._ordinary
            or not word.isalpha()
        ):
            return word
        if word.endswith("s") and word[:-1] in self._ordinary:
            # "My childs eczema": an apostrophe less, no slip for "chills".
            return word[:-1] if word[:-1] in self._known else word
        key = hash(word)
        if key not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            most = 1 if len(word) < 9 else 2
            near = process.extract(
                word, self._targets, scorer=OSA.distance, score_cutoff=most, limit=_CANDIDATES
            )
            # A real word is likelier meant than a stem with an ending ("spining"), and two letters
            # swapped are a likelier slip than one that is wrong ("breaht").
            best = min(
                near,
                key=lambda found: (
                    found[1],
                    found[0] not in self._ordinary,
                    sorted(found[0]) != sorted(word),
                ),
                default=("",),
            )
            self._seen[key] = best[0]
        return self._seen[key] or word


def clauses(text: str, repair: Repair) -> list[Clause]:
    """Splits a message into clauses of repaired, lower-case words.

    A clause ends at a sentence's end, at a turn such as "but", at a comma, and where a
    new subject begins: "no fever my throat is closing" has two.
    """
    result: list[Clause] = []
    current: list[Word] = []

    def close() -> None:
        if current:
            result.append(Clause(tuple(current)))
            current.clear()

    tokens = list(_tokens(text))
    for place, (token, start, end) in enumerate(tokens):
        if token in _BREAKS:
            close()
            continue
        if token in _SIGNS:
            if not _hyphenates(tokens, place):
                close()
            continue
        if _turns(tokens, place, current) or (
            (token in _SUBJECTS or _possessive_subject(tokens, place, repair.spellings))
            and current
            and current[-1].text not in _LEADS_ON
            and not _TIME.intersection(word.text for word in current)
            and not (current[0].text in _OPENERS and len(current) <= _LONGEST_OPENING)
            and not _names_something(current)
        ):
            close()
        for part in _parts(token, repair):
            current.append(Word(part, start, end))
    close()
    return result


def as_read(text: str, spellings: Spellings) -> str:
    """Some words as the screen reads them in a message: "epi-pen" and "epipen" are "epi pen"."""
    repair = Repair((), frozenset(), spellings)
    tokens = (token for token, _, _ in _tokens(text) if token not in _SIGNS)
    return " ".join(part for token in tokens for part in _parts(token, repair))


def _hyphenates(tokens: list[tuple[str, int, int]], place: int) -> bool:
    """Whether a dash stands within a word: "self-harm"."""
    token, start, end = tokens[place]
    return (
        token == "-"
        and 0 < place < len(tokens) - 1
        and tokens[place - 1][2] == start
        and tokens[place + 1][1] == end
    )


def _turns(tokens: list[tuple[str, int, int]], place: int, before: list[Word]) -> bool:
    """Whether a clause begins with this word, such as "but"."""
    token = tokens[place][0]
    last = before[-1].text if before else ""
    if token == "so":
        if place + 1 < len(tokens) and tokens[place + 1][0] in _AFTER_SO:
            return True
        # What is denied ends here: "no fever so chest hurts", but not "not so bad".
        denied = any(word.text in _DENIALS for word in before)
        return denied and last not in _LINKS | _DENIALS
    if token in _ADDS and last in _LINKS:
        return False
    return token in _TURNS


def _names_something(words: list[Word]) -> bool:
    """Whether a clause so far is a name that the next subject explains: "the hives I had"."""
    return (
        len(words) <= _LONGEST_OPENING
        and words[0].text in _POINTERS
        and not _VERBS.intersection(word.text for word in words)
    )


def _possessive_subject(
    tokens: list[tuple[str, int, int]], place: int, spellings: Spellings
) -> bool:
    if tokens[place][0] not in _POSSESSIVES:
        return False
    following = [token for token, _, _ in tokens[place + 2 : place + 4]]
    # "He's clutching his chest and looks awful": the verb after "and" is not the chest's.
    own = itertools.takewhile(lambda token: token not in _BREAKS | _JOINTS, following)
    return any(spellings.get(token, token) in _VERBS for token in own)


def _tokens(text: str) -> Iterable[tuple[str, int, int]]:
    # NFKC may change lengths, so only characters are folded one by one here.
    folded = "".join(_fold(character) for character in text[:MAX_CHARACTERS])
    for match in _TOKEN.finditer(folded.translate(_APOSTROPHES)):
        yield match[0].lower(), match.start(), match.end()


def _fold(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Cc"} and character not in "\n\t":
        return " "
    plain = unicodedata.normalize("NFKD", character)
    # Of letters that are not Latin the first part alone would be another one.
    return plain[0] if plain[:1].isascii() and plain else character


def _parts(token: str, repair: Repair) -> list[str]:
    # Held keys: "sooo", "helpppp".
    token = re.sub(r"([a-z])\1{2,}", r"\1\1", token)
    token = repair.spellings.get(token, token)
    if token.endswith("'s") and token not in _IS:
        token = token[:-2]  # "my son's throat"
        token = repair.spellings.get(token, token)
    if token.endswith("in") and repair.knows(token + "g"):
        token += "g"  # "my throat is closin"
    if " " in token:
        return token.split()
    return [repair.mend(token)]
