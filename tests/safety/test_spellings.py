"""How people type the rules' words is data, and a wrong line is named."""

from pathlib import Path

import pytest

from bot.problems import DataError
from bot.safety.spellings import read_spellings
from bot.safety.words import Repair, clauses


def test_what_is_typed_is_read_as_what_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "spellings.yml"
    path.write_text("spellings: {can't: [cant], epi pen: [epipen], mom: [mum]}\n")
    repair = Repair((), frozenset(), read_spellings(path))
    [clause] = clauses("Cant find my mum's epipen", repair)
    assert clause.text == "can't find my mom epi pen"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("throat: [my throat]", "`my throat` is no single word"),
        ("throat: [Throte]", "`Throte` is no single word"),
        ("Throat: [throte]", "`Throat` is not in small letters"),
        ("heart: [hart]\n  chest: [hart]", "`hart` is already `heart`"),
        ("heart: [heart]", "`heart` is already `heart`"),
        ("chest: [chst]\n  heart: [chest]", "`chest` is what another line means"),
        ("heart: hart", "`spellings.heart`: this should be a list"),
        ("throat: [throte]\n  heart: hart", "`spellings.heart`: this should be a list"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "spellings.yml"
    path.write_text(f"spellings:\n  {text}\n")
    with pytest.raises(DataError) as error:
        read_spellings(path)
    [problem, *_] = error.value.problems
    assert says in problem.message
    assert problem.line == 1 + len(text.splitlines())
    assert problem.fix
