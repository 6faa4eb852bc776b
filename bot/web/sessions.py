"""Session tokens: made by the server alone, random and signed.

A token says whose conversation it is, not for how long: a session ends by silence, and
the store knows when a conversation was last active.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from itsdangerous import BadSignature, Signer

from bot.problems import DataError, Problem, read_text, relative
from bot.settings import LEAST_KEY_CHARACTERS

_BYTES = 18


class ForgedToken(Exception):
    """The token was not made with this key."""


class Sessions:
    """Makes and checks session tokens.

    Args:
        key: the signing key, the same on all servers.
    """

    def __init__(self, key: str) -> None:
        self._signer = Signer(key, salt="chat-session", digest_method=hashlib.sha256)

    def new(self) -> tuple[str, str]:
        """A new conversation id and the token that lets its owner speak in it."""
        conversation = secrets.token_urlsafe(_BYTES)
        return conversation, self._signer.sign(conversation).decode()

    def conversation(self, token: str) -> str:
        """The conversation that a token belongs to. Raises `ForgedToken`."""
        try:
            return self._signer.unsign(token).decode()
        except (BadSignature, UnicodeError):
            raise ForgedToken from None


def signing_key(given: str, folder: Path) -> str:
    """The key from the settings, or one made once and kept in `folder`.

    Raises:
        DataError: no key can be kept there, or what is kept is no key.
    """
    if given:
        return given
    path = folder / "secret.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make_key(path)
    except OSError as error:
        message = f"No key can be kept here ({error.strerror})."
        fix = "Let FAQBOT_VAR be a folder that this account may write to, or set FAQBOT_SECRET_KEY."
        raise DataError([Problem(relative(path), 1, message, fix)]) from None
    key = read_text(path).strip()
    if len(key) < LEAST_KEY_CHARACTERS:
        message = "The key is missing or too short: tokens signed with it could be forged."
        fix = "Remove the file; a new key is made at the next start, and all sessions end."
        raise DataError([Problem(relative(path), 1, message, fix)])
    return key


def _make_key(path: Path) -> None:
    """Makes a key, unless somebody else does so at this moment: then theirs stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(handle)
        # The file is there whole or not at all, also after a crash.
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
