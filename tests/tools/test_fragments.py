from __future__ import annotations

from tools.tuning.fragments import FRAGMENTS, fragments

ORDINARY = frozenset({"kettle", "garden", "throat", "swelling", "violin", "up"})


def test_each_has_one_to_three_words() -> None:
    made = fragments(ORDINARY, [])
    assert len(made) == FRAGMENTS
    assert {len(fragment.split()) for fragment in made} == {1, 2, 3}


def test_no_word_of_an_urgent_message_is_used() -> None:
    used = {
        word
        for fragment in fragments(ORDINARY, ["My THROAT is swelling!"])
        for word in fragment.split()
    }
    assert used == {"kettle", "garden", "violin"}


def test_they_are_the_same_each_time() -> None:
    assert fragments(ORDINARY, []) == fragments(ORDINARY, [])


def test_without_ordinary_words_there_are_none() -> None:
    assert fragments(frozenset(), []) == []
