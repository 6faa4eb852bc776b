from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_faq import QUESTIONS, all_examples

from bot.understanding import Example, LastAnswer, SentenceEncoder, Understanding
from bot.understanding.understood import FALLBACK, SUGGESTIONS, WHAT_SHOULD_I_DO

PROBES = ("can i fly", "beer?", "hair and weight", "what is love", "hi", "is that common?")


def test_a_question_is_answered(small: Understanding) -> None:
    understood = small.read("Can I take it on a plane?")
    assert understood.intent == "faq/travel"
    assert understood.faq_id == "travel"
    assert understood.suggested == ()


def test_every_published_question_gets_its_own_answer(trained: Understanding) -> None:
    read = {faq_id: trained.read(question).faq_id for faq_id, question in trained.questions.items()}
    assert {faq_id: got for faq_id, got in read.items() if got != faq_id} == {}


def test_small_talk_is_no_answer(small: Understanding) -> None:
    understood = small.read("good morning")
    assert understood.intent == "greeting"
    assert understood.faq_id is None


def test_what_is_declined_comes_with_three_suggestions(small: Understanding) -> None:
    understood = small.read("what about metallurgy")
    assert understood.faq_id is None
    assert len(understood.suggested) == SUGGESTIONS


@pytest.mark.parametrize("word", ["flurb", "zxqv", "blorptag", "qwertz"])
def test_a_nonsense_word_is_declined(trained: Understanding, word: str) -> None:
    assert trained.read(word).faq_id is None


def test_a_misspelled_question_is_answered_and_the_repair_is_told(trained: Understanding) -> None:
    understood = trained.read("is dupixant a steriod")
    assert understood.faq_id == "is_it_a_steroid"
    assert understood.repaired == "is dupixent a steroid"


def test_there_are_five_alternatives_each_once(small: Understanding) -> None:
    alternatives = [faq_id for faq_id, _ in small.read("can i fly").alternatives]
    assert len(alternatives) >= 5
    assert len(alternatives) == len(set(alternatives))


def test_an_unclear_message_is_read_with_the_unanswered_one_before_it(small: Understanding) -> None:
    alone = small.read("and two bags")
    together = small.read("and two bags", before="i fly to spain on a plane")
    assert alone.faq_id is None
    assert together.faq_id == "travel"
    assert "together with the message before it" in together.reasons
    clear = "Can I take it on a plane?"
    assert small.read(clear, before="what is love") == small.read(clear)
    assert small.read("zxqv", before="qwertz") == small.read("zxqv")


def test_three_questions_get_three_answers_in_order(trained: Understanding) -> None:
    understood = trained.read(
        "can i drink on it and does it make your hair fall out? also where do i inject"
    )
    assert (understood.faq_id, *understood.also) == ("alcohol", "hair_loss", "where_to_inject")


def test_two_things_asked_in_one_breath_get_two_answers(trained: Understanding) -> None:
    understood = trained.read("does it cause hair loss and weight gain")
    assert (understood.faq_id, *understood.also) == ("hair_loss", "weight_gain")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (
            "pens sat on the counter overnight can i still use them "
            "plus my thigh is red where i did the last one",
            {"left_out_of_fridge", "injection_site_reaction"},
        ),
        (
            "i'm flying to spain next week, how do i take my pens with me. "
            "and what happens if they get warm",
            {"travel", "left_out_of_fridge"},
        ),
        (
            "my eyes are red and itchy since i started. is that from the shots? "
            "also how do i throw away the needles",
            {"eye_problems", "needle_disposal"},
        ),
        (
            "want to know if i can drink and if i can get my flu shot",
            {"alcohol", "vaccines"},
        ),
        ("storage temperature? needle disposal?", {"storage", "needle_disposal"}),
        (
            "explain how dupixent works & how long it takes",
            {"how_dupixent_works", "how_long_to_work"},
        ),
        ("pneumonia vaccine and dupixent", {"vaccines"}),
        ("i tested positive for covid and my shot is due", {"covid"}),
        ("my cheeks glow red since treatment, could it be the jab", {"facial_redness"}),
        ("my father had lymphoma, is it safe for me to take these shots", {"cancer_and_lymphoma"}),
    ],
)
def test_as_many_answers_as_questions(trained: Understanding, text: str, answers: set[str]) -> None:
    understood = trained.read(text)
    assert {understood.faq_id, *understood.also} == answers


def test_more_than_three_questions_get_three_answers(trained: Understanding) -> None:
    text = "where do i keep it? can i fly with it? can i drink wine? is it a steroid? what is it?"
    assert len(trained.read(text).also) == 2


def test_the_same_question_twice_gets_one_answer(trained: Understanding) -> None:
    assert trained.read("can i drink wine? is beer ok?").also == ()


def test_a_story_before_the_question_adds_no_answer(trained: Understanding) -> None:
    understood = trained.read(
        "My cousin came over and we watched the match. Can I have a beer while on Dupixent?"
    )
    assert (understood.faq_id, *understood.also) == ("alcohol",)


@pytest.mark.parametrize("text", ["is that common?", "how long does it last", "what should i do"])
def test_a_bare_question_without_an_answer_before_it_gets_suggestions(
    trained: Understanding, text: str
) -> None:
    understood = trained.read(text)
    assert understood.intent in (FALLBACK, WHAT_SHOULD_I_DO)
    assert len(understood.suggested) == SUGGESTIONS


@pytest.mark.parametrize("text", ["since i started", "and then", "how do i stop it"])
def test_after_an_answer_what_only_resembles_a_command_is_none(
    trained: Understanding, text: str
) -> None:
    commands = {"restart", "goodbye", "stop"}
    assert trained.read(text, LastAnswer("joint_pain")).intent not in commands
    assert trained.read("start over", LastAnswer("joint_pain")).intent == "restart"


def test_what_to_do_is_about_the_answer_before_it(trained: Understanding) -> None:
    assert trained.read("what do i do", LastAnswer("missed_dose")).faq_id == "missed_dose"
    alone = trained.read("what do i do")
    assert alone.intent == WHAT_SHOULD_I_DO
    assert len(alone.suggested) == SUGGESTIONS


def test_what_asks_more_of_the_same_gets_the_same_answer_again(small: Understanding) -> None:
    understood = small.read("is that common?", LastAnswer("hair_loss"))
    assert (understood.faq_id, understood.again) == ("hair_loss", True)
    assert understood.reasons == ("asks more of hair_loss",)


def test_what_leads_elsewhere_gets_another_answer(small: Understanding) -> None:
    understood = small.read("and on the plane?", LastAnswer("hair_loss"))
    assert (understood.faq_id, understood.again) == ("travel", False)
    assert understood.reasons == ("a follow-up to hair_loss",)


def test_what_no_answer_fits_is_declined_with_suggestions(small: Understanding) -> None:
    understood = small.read("my cats are grey", LastAnswer("hair_loss"))
    assert understood.faq_id is None
    assert len(understood.suggested) == SUGGESTIONS


def test_a_reader_without_examples_of_follow_ups_gives_suggestions(
    encoder: SentenceEncoder,
) -> None:
    plain = Understanding.train(all_examples(), QUESTIONS, encoder)
    assert plain.read("is that common?", LastAnswer("hair_loss")).intent == FALLBACK


def test_a_follow_up_survives_saving(small: Understanding, tmp_path: Path) -> None:
    small.save(tmp_path)
    loaded = Understanding.load(tmp_path, small._encoder)
    last = LastAnswer("hair_loss")
    for text in ("is that common?", "and on the plane?", "my cats are grey"):
        assert loaded.read(text, last) == small.read(text, last)


@pytest.mark.parametrize(
    ("after", "text", "means"),
    [
        ("alcohol", "not even a small beer?", "alcohol"),
        ("hair_loss", "is that common?", "hair_loss"),
        ("dose_schedule", "and if i forget a dose", "missed_dose"),
        ("how_well_it_works", "and for a five year old?", "children"),
        ("eye_problems", "can i drink alcohol on dupixent", "alcohol"),
    ],
)
def test_the_projects_reader_understands_follow_ups(
    trained: Understanding, after: str, text: str, means: str
) -> None:
    assert trained.read(text, LastAnswer(after)).faq_id == means


def test_a_clear_message_is_not_bent_by_the_last_answer(small: Understanding) -> None:
    assert small.read("can i drink wine", LastAnswer("storage", ("travel",))).faq_id == "alcohol"


def test_an_unknown_topic_changes_nothing(small: Understanding) -> None:
    assert small.read("can i fly", LastAnswer("no_such_answer")) == small.read("can i fly")


def test_thanks_after_an_answer_stay_thanks(trained: Understanding) -> None:
    assert trained.read("thanks", LastAnswer("eye_problems")).intent == "thanks"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "🙂🙂",
        "\x00\x00",
        "\u200b",
        "你好，可以喝酒吗",
        "هل هذا آمن",
        "12345",
        "\ud800",
    ],
)
def test_what_has_no_words_is_declined(small: Understanding, text: str) -> None:
    assert small.read(text).intent == FALLBACK


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "why? " * 2_000, "is it safe \u202e evas", "can i\x00 fly", "<b>hi</b>"],
    ids=["10,000 letters", "2,000 questions", "right to left", "null byte", "markup"],
)
def test_odd_text_is_read_without_failing(small: Understanding, text: str) -> None:
    assert small.read(text).intent


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120))
def test_any_text_gives_a_reading_that_holds_together(small: Understanding, text: str) -> None:
    understood = small.read(text, LastAnswer("storage", ("travel",)))
    assert 0 <= understood.confidence <= 1
    assert (understood.faq_id is None) == (not understood.intent.startswith("faq/"))
    assert understood.faq_id not in understood.also
    assert not (understood.faq_id and understood.suggested)


def test_two_trainings_read_alike(small: Understanding, encoder: SentenceEncoder) -> None:
    again = Understanding.train(all_examples(), QUESTIONS, encoder)
    assert [again.read(text) for text in PROBES] == [small.read(text) for text in PROBES]


def test_a_saved_reader_reads_alike_in_a_new_process(small: Understanding, tmp_path: Path) -> None:
    small.save(tmp_path)
    script = (
        "import sys, msgspec; from pathlib import Path\n"
        "from bot.understanding import SentenceEncoder, Understanding\n"
        "model = Understanding.load(Path(sys.argv[1]), SentenceEncoder())\n"
        "print(msgspec.json.encode([model.read(text) for text in sys.argv[2:]]).decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), *PROBES],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    here = msgspec.to_builtins([small.read(text) for text in PROBES])
    there = msgspec.json.decode(done.stdout)
    for mine, other in zip(here, there, strict=True):
        assert mine["confidence"] == pytest.approx(other["confidence"], abs=1e-4)
        assert [mine[key] for key in ("intent", "faq_id", "suggested", "repaired")] == [
            tuple(value) if isinstance(value, list) else value
            for value in (other[key] for key in ("intent", "faq_id", "suggested", "repaired"))
        ]


def test_one_intent_is_too_few(encoder: SentenceEncoder) -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        Understanding.train([Example("hi", "greeting"), Example("hello", "greeting")], {}, encoder)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("can i drink wine on dupixent", 1),
        ("Hi there, can I drink wine on Dupixent?", 1),  # a greeting is not worth reading
        ("can i drink on it? does it make your hair fall out?", 3),  # the whole, and both
    ],
)
def test_parts_are_read_only_where_they_can_change_the_meaning(
    trained: Understanding, monkeypatch: pytest.MonkeyPatch, text: str, read: int
) -> None:
    seen: list[str] = []
    encode = trained._encoder.encode

    def counted(texts):
        seen.extend(texts)
        return encode(texts)

    monkeypatch.setattr(trained._encoder, "encode", counted)
    trained.read(text)
    assert len(seen) == read
