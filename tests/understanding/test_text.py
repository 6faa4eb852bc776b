from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import comparable, normal
from bot.understanding.text import MAX_CHARACTERS, has_words


def test_spaces_and_line_breaks_become_one_space() -> None:
    assert normal("  is it\n\n safe\t? ") == "is it safe ?"


def test_invisible_characters_go() -> None:
    assert normal("du\u200bpix\u202eent\x00") == "dupixent"


def test_typographic_quotes_become_plain() -> None:
    assert normal("it’s “fine”") == 'it\'s "fine"'


def test_markup_goes() -> None:
    assert normal("<b>is</b> it *safe*") == "is it safe"


def test_full_width_letters_become_plain() -> None:
    assert normal("ｅｃｚｅｍａ") == "eczema"


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    text = normal("first " + "x " * 5000 + "last")
    assert len(text) <= MAX_CHARACTERS + 1
    assert text.startswith("first")
    assert text.endswith("last")


def test_texts_that_differ_in_case_and_punctuation_are_the_same_example() -> None:
    assert comparable("Is it SAFE?!") == comparable("is it safe")


def test_no_latin_letters_are_no_words() -> None:
    assert not has_words("123 🙂 ¿? 你好")


@given(st.text(max_size=300))
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
