"""What can be wrong with a text that is filled in before a patient reads it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.problems import KeyPath

_NAME = re.compile(r"\{(\w+)\}")

# Where something is wrong in a file, what, and the fix.
Mistake = tuple[KeyPath, str, str]


def text_mistakes(keys: KeyPath, text: str, names: Collection[str] = ()) -> Iterator[Mistake]:
    """What a patient would see of a text when it is filled: nothing, {this}, or a brace.

    Args:
        keys: where the text stands.
        text: the text as written.
        names: what may stand in {braces} in it.
    """
    fix = "Write the words themselves: nothing is filled in here."
    if names:
        fix = f"Use one of: {', '.join(f'{{{name}}}' for name in names)}."
    if not text.strip():
        yield keys, "The text is empty.", "Write it."
    for name in dict.fromkeys(_NAME.findall(text)):
        if name not in names:
            yield keys, f"There is no {{{name}}}.", fix
    if re.search(r"[{}]", _NAME.sub("", text)):
        yield keys, "A brace belongs to no {name}.", "Mend or remove it."
