"""The safety screen: every message, raw, against every red flag.

Rules decide. A second, independent detector catches what their words miss: where it is
almost certain it escalates, where it is in doubt the assistant asks.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.safety.context import ContextReader, read_context
from bot.safety.matching import Match, Matcher
from bot.safety.model import GUESSED, LEVELS, Finding, Level, Screening, Status, highest
from bot.safety.red_flags import RedFlags, read_red_flags
from bot.safety.similarity import TODAY, Heard, Judgement, Similarity
from bot.safety.spellings import NO_SPELLINGS, Spellings, read_spellings
from bot.safety.words import Clause, Repair, clauses

logger = logging.getLogger(__name__)

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_SHORTEST_SENTENCE = 3  # words
# A longer message the second detector may not have read to its end: no rule is doubted in it.
_LONGEST_DOUBTED = 300  # characters; the encoder reads 128 tokens


class SafetyScreen:
    """Reads messages for red flags. Make it with `load`; thread-safe."""

    def __init__(
        self,
        red_flags: RedFlags,
        context: ContextReader,
        ordinary: frozenset[str],
        similarity: Similarity | None = None,
        spellings: Spellings = NO_SPELLINGS,
    ) -> None:
        self._red_flags = red_flags
        self._matcher = Matcher(red_flags)
        self._context = context
        words = _whole_words(red_flags, ordinary) | context.words
        self._repair = Repair(words, ordinary, spellings)
        self._similarity = similarity

    @classmethod
    def load(
        cls,
        folder: Path,
        ordinary: frozenset[str] = frozenset(),
        second: Similarity | None = None,
    ) -> SafetyScreen:
        """Reads the rules in data/triage.

        Args:
            folder: the folder with red_flags.yml, context.yml and spellings.yml.
            ordinary: English words that are never repaired into a rule's word.
            second: the second detector; without it the rules decide alone.

        Raises:
            DataError: a file cannot be used; every reason is listed.
        """
        spellings = read_spellings(folder / "spellings.yml")
        flags = read_red_flags(folder / "red_flags.yml", spellings)
        context = ContextReader(read_context(folder / "context.yml", spellings))
        return cls(flags, context, ordinary, second, spellings)

    @property
    def red_flags(self) -> RedFlags:
        """The rules in use."""
        return self._red_flags

    def read(self, text: str) -> Screening:
        """Screens one raw message. Never raises: what breaks here is treated with caution."""
        return self._read(text, self._similarity, by_sentence=True)

    def read_together(
        self, messages: Sequence[str], latest: Screening, rules_only: bool = False
    ) -> Screening:
        """Screens several messages, each of which has been read by itself, as one text.

        Args:
            messages: in their order.
            latest: what the last of them was by itself. Where that is all but certainly
                nothing, it adds nothing that the second detector could hear.
            rules_only: whether the second detector is to be left out at any rate.
        """
        second = None if rules_only else self._similarity
        if second and latest.today < second.settings.no_piece_below:
            second = None
        return self._read(". ".join(messages), second, by_sentence=False)

    def _read(self, text: str, second: Similarity | None, by_sentence: bool) -> Screening:
        found = Screening()
        try:
            heard = self._hear(text)
            found = heard.found
            if second is None:
                return found
            return self._settled(text, heard, second, by_sentence)
        except Exception as error:
            logger.critical(
                "THE SAFETY SCREEN FAILED (%s); the patient gets the cautious reply.",
                type(error).__name__,
            )
            # What the rules had found by then still counts.
            level = highest([found.level, "same_day"])
            return Screening(level=level, findings=found.findings, asked=found.asked, failed=True)

    def read_by_rules(self, text: str) -> Screening:
        """What the rules alone make of a message."""
        return self._hear(text).found

    def _hear(self, text: str) -> Heard:
        parts = clauses(text, self._repair)
        words = " ".join(clause.text for clause in parts)
        if not parts:
            return Heard(words, Screening())
        matches = self._matcher.find(parts)
        statuses = self._context.statuses(parts, [match.spans for match in matches])
        denied = self._denied(parts, matches, statuses)
        met = _first_or_new(matches, statuses, denied)
        findings = _findings(text, parts, met)
        raises = self._red_flags.raises(words)
        if raises:
            findings = self._raised(findings)
        screening = Screening(
            level=highest([f.level for f in findings if f.escalates]),
            findings=tuple(findings),
            asked=highest([f.level for f in findings if f.status == "hypothetical"]),
            raises=raises,
        )
        words_at = [word for clause in parts for word in clause.words]
        places = tuple((words_at[a].start, words_at[b - 1].end) for a, b in denied)
        return Heard(words, screening, places)

    def _settled(self, text: str, heard: Heard, second: Similarity, by_sentence: bool) -> Screening:
        """The rules' level, raised where the second detector sees more.

        It is lowered only where the second detector is all but certain that nobody is needed.
        """
        judgement = self._judged(text, heard, second, by_sentence)
        found = msgspec.structs.replace(heard.found, today=judgement.today)
        level, findings = found.level, found.findings
        if self._only_sounds_so(text, found, judgement, second):
            return _only_asked(found)
        if level in ("routine", "none") and heard.denied:
            # "My throat isn't closing": what is denied must not sound like an alarm by itself.
            rest = self._without_denials(text, heard.denied)
            calmer = self._judged(rest, self._hear(rest), second, by_sentence)
            judgement = min(judgement, calmer, key=lambda judged: judged.today)
        told = {finding.status for finding in findings if finding.level == "emergency"}
        only_named = (
            level in ("routine", "none")
            and not told.isdisjoint({"hypothetical", "historical"})
            and not any(finding.status == "negated" for finding in findings)
        )
        if only_named and judgement.today < second.settings.asked_from:
            return found  # A question gets its answer, and "if this is happening now" after it.
        guessed = LEVELS.index(judgement.level) < LEVELS.index(level)
        if guessed:
            level = judgement.level
            findings = (*findings, _whole_message(text, judgement))
        chance = judgement.emergency if judgement.level == "emergency" else judgement.today
        few_words = len(text.split()) <= second.settings.fragment_words
        if guessed and few_words and chance < second.settings.sure_from:
            return found  # "Throat?": in so few words a doubt says nothing.
        # An emergency that only this detector hears, and not clearly, is asked about. Beside
        # something that a rule hears and that cannot wait, nobody is asked.
        unsure = (
            guessed
            and level == "emergency"
            and found.level in ("routine", "none")
            and judgement.emergency < second.settings.sure_from
        )
        return msgspec.structs.replace(
            found, level=level, findings=findings, guessed=guessed, unsure=unsure
        )

    def _only_sounds_so(
        self, text: str, found: Screening, whole: Judgement, second: Similarity
    ) -> bool:
        """Whether what a rule hears is nothing that needs somebody today, whole and by sentence.

        Never of the rules that stand always: of suicide, of something taken, in other languages.
        """
        limit = second.settings.only_asked_below
        urgent = [f for f in found.findings if f.escalates and f.level in TODAY]
        if (
            not urgent
            or len(text) > _LONGEST_DOUBTED
            or whole.today >= limit
            or any(f.rule in self._red_flags.always for f in urgent)
        ):
            return False
        sentences = _SENTENCE_END.split(text)
        return len(sentences) < 2 or all(
            second.judge(sentence, self._hear(sentence)).today < limit for sentence in sentences
        )

    def _judged(self, text: str, heard: Heard, second: Similarity, by_sentence: bool) -> Judgement:
        """What a message reads like; one that leaves a doubt also sentence by sentence.

        In a long friendly message the one sentence that matters weighs little.
        """
        whole = second.judge(text, heard)
        doubt = whole.level in ("routine", "none") and whole.today >= second.settings.doubt_from
        sentences = _SENTENCE_END.split(text) if doubt and by_sentence else []
        if len(sentences) < 2:
            return whole
        told = [s for s in sentences if len(s.split()) >= _SHORTEST_SENTENCE]
        judged = [second.judge(sentence, self._hear(sentence)) for sentence in told]
        clear = [one for one in judged if one.today >= second.settings.sentence_from]
        return max(clear, key=lambda one: one.today, default=whole)

    def _without_denials(self, text: str, denied: Sequence[tuple[int, int]]) -> str:
        """The message without the clauses that deny something."""
        places = [(c.words[0].start, c.words[-1].end) for c in clauses(text, self._repair)]
        kept = [
            place for place in places if not any(a < place[1] and place[0] < b for a, b in denied)
        ]
        return ". ".join(text[start:end] for start, end in kept)

    def _denied(
        self, parts: Sequence[Clause], matches: Sequence[Match], statuses: Sequence[Status]
    ) -> list[tuple[int, int]]:
        """The words that are denied: of "red and spreading, no fever" the last one."""
        met = zip(matches, statuses, strict=True)
        spans = [span for match, status in met if status == "negated" for span in match.spans]
        meant = self._context.statuses(parts, [[span] for span in spans])
        return [span for span, status in zip(spans, meant, strict=True) if status == "negated"]

    def _raised(self, findings: list[Finding]) -> list[Finding]:
        """Babies, pregnancy and weakened immunity go up one level."""
        result = []
        for finding in findings:
            level: Level = self._red_flags.raised.get(finding.level, finding.level)
            result.append(
                finding
                if finding.kind in self._red_flags.not_raised or not finding.escalates
                else Finding(
                    finding.rule, level, finding.span, finding.start, finding.end,
                    finding.status, finding.kind,
                )
            )  # fmt: skip
        return result


def _first_or_new(
    matches: Sequence[Match], statuses: Sequence[Status], denied: Sequence[tuple[int, int]]
) -> list[tuple[Match, Status]]:
    """The matches that count.

    Of words that one line of a rule sees denied or past, another line of it makes nothing
    more: "no trouble breathing". What one line hears asked about, the others do, too, but in
    an emergency: "if I died no one would care".
    """
    met = list(zip(matches, statuses, strict=True))
    past = [span for match, status in met if status == "historical" for span in match.spans]
    silent = [*denied, *past]
    asked = {match.rule.data.id for match, status in met if status == "hypothetical"}

    def counts(match: Match) -> bool:
        rule = match.rule.data
        if rule.id in asked and rule.level != "emergency":
            return False
        return not any(a < d and c < b for a, b in match.spans for c, d in silent)

    return [(match, status) for match, status in met if not match.more or counts(match)]


def _findings(
    text: str, parts: Sequence[Clause], met: Sequence[tuple[Match, Status]]
) -> list[Finding]:
    """What was found, once for each rule and status."""
    words = [word for clause in parts for word in clause.words]
    findings: dict[tuple[str, str], Finding] = {}
    for match, status in met:
        rule = match.rule.data
        start = words[min(a for a, _ in match.spans)].start
        end = words[max(b for _, b in match.spans) - 1].end
        finding = Finding(rule.id, rule.level, text[start:end], start, end, status, rule.kind)
        findings.setdefault((finding.rule, finding.status), finding)
    return list(findings.values())


def _whole_words(red_flags: RedFlags, ordinary: frozenset[str]) -> frozenset[str]:
    """The rules' words without those that only want their last letter: `collaps*`."""
    cut = {word[:-1] for word in red_flags.vocabulary & ordinary if word[-1] != "s"}
    return red_flags.vocabulary - (red_flags.stems & cut - ordinary)


def _only_asked(found: Screening) -> Screening:
    """The findings that need somebody today, as if they were only asked about."""
    findings = tuple(
        msgspec.structs.replace(f, status="hypothetical") if f.escalates and f.level in TODAY else f
        for f in found.findings
    )
    return msgspec.structs.replace(
        found,
        level=highest([f.level for f in findings if f.escalates]),
        findings=findings,
        asked=highest([f.level for f in findings if f.status == "hypothetical"]),
    )


def _whole_message(text: str, judged: Judgement) -> Finding:
    span = text.strip()[:200]
    start = text.find(span)
    kind = judged.kind if judged.level == "emergency" else GUESSED
    # A guess about something else than the last one is told in full, not as a reminder of it.
    rule = f"reads_like_{judged.level}" + f"_{kind}" * (kind in ("crisis", "taken"))
    return Finding(rule, judged.level, span, start, start + len(span), "asserted", kind)
