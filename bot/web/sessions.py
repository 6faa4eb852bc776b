"""Session tokens: made by the server alone, random, signed, and good for a while."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

_BYTES = 18


class SessionRefused(Exception):
    """The token is forged, expired or not one of ours; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Sessions:
    """Makes and checks session tokens.

    Args:
        key: the signing key, the same on all servers.
        hours: how long a session lasts from its start.
    """

    def __init__(self, key: str, hours: float) -> None:
        self._signer = TimestampSigner(key, salt="chat-session")
        self._seconds = int(hours * 3600)

    def new(self) -> tuple[str, str]:
        """A new conversation id and the token that lets its owner speak in it."""
        conversation = secrets.token_urlsafe(_BYTES)
        return conversation, self._signer.sign(conversation).decode()

    def conversation(self, token: object) -> str:
        """The conversation that a token belongs to.

        Raises:
            SessionRefused: `invalid_session` or `session_expired`.
        """
        if not isinstance(token, str) or not token or len(token) > 200 or not token.isascii():
            raise SessionRefused("invalid_session")
        try:
            return self._signer.unsign(token, max_age=self._seconds).decode()
        except SignatureExpired:
            raise SessionRefused("session_expired") from None
        except (BadSignature, UnicodeError):
            raise SessionRefused("invalid_session") from None


def signing_key(given: str, folder: Path) -> str:
    """The key from the settings, or one made once and kept in `folder`."""
    if given:
        return given
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
