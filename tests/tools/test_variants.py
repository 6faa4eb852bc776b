from __future__ import annotations

from tools.tuning.variants import variants

OPENINGS, ENDINGS = ("hello,",), ("is that normal?",)


def test_each_text_has_one_variant_and_the_same_one_each_time() -> None:
    texts = ["my throat is closing", "can i drink wine"] * 50
    assert len(variants(texts, OPENINGS, ENDINGS)) == len(texts)
    assert variants(texts, OPENINGS, ENDINGS) == variants(texts, OPENINGS, ENDINGS)


def test_some_begin_with_an_opening_some_end_with_an_ending_and_some_have_a_slip() -> None:
    text = "swelling everywhere today"
    made = variants([text] * 200, OPENINGS, ENDINGS)
    assert any(variant == f"hello, {text}" for variant in made)
    assert any(variant.startswith(text) and variant.endswith("is that normal?") for variant in made)
    slips = [v for v in made if v != text and len(v.split()) == 3]
    assert slips
    assert all(abs(len(v) - len(text)) <= 1 for v in slips)


def test_one_short_word_stays_what_it_is() -> None:
    made = variants(["no"] * 100, OPENINGS, ENDINGS)
    assert all("no" in variant.replace(".", " ").replace(",", " ").split() for variant in made)
