"""Session tokens: made by the server alone, random and signed.

A token says whose conversation it is, not for how long: a session ends by silence, and
the store knows when a conversation was last active.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, Signer

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
    """The key from the settings, or one made once and kept in `folder`."""
    if given:
        return given
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
