"""What the /chat channel accepts: strict JSON, small, with clear refusals."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

MAX_BODY_BYTES = 8192
MAX_TEXT_BYTES = 2048
MAX_TEXT_CHARACTERS = 1000

# A request whose body does not arrive is not waited for.
BODY_SECONDS = 15.0

T = TypeVar("T")
# PostgreSQL stores no NUL, and no control character says anything.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class MessageIn(msgspec.Struct, forbid_unknown_fields=True):
    """POST /chat/message. Without a token an emergency is answered and nothing else."""

    id: MessageId
    text: str
    token: Annotated[str, msgspec.Meta(max_length=200)] = ""


class FeedbackIn(msgspec.Struct, forbid_unknown_fields=True):
    """POST /chat/feedback."""

    token: Token
    id: MessageId
    helpful: bool
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Refused(Exception):
    """A request that is answered with a 4xx or 503 and a short JSON reason."""

    def __init__(
        self, status: int, error: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.detail = status, error, detail
        self.headers = headers or {}

    def response(self) -> JSONResponse:
        """The refusal as a response."""
        return JSONResponse(
            {"error": self.error, "detail": self.detail}, self.status, headers=self.headers
        )


async def body_of(request: Request, kind: type[T]) -> T:
    """The request's body, checked.

    Raises:
        Refused: wrong media type, too large, not JSON, or not of this kind.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, "json_only", "Send application/json.")
    body = await limited_body(request)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if isinstance(error, msgspec.ValidationError):
            raise Refused(422, "invalid_request", f"{error}.") from None
        raise Refused(400, "not_json", "The request is not valid JSON.") from None


async def limited_body(request: Request) -> bytes:
    """The request's body.

    Raises:
        Refused: it is too large, or does not arrive.
    """
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise Refused(413, "too_large", "The request is too large.")
    except TimeoutError:
        raise Refused(408, "too_slow", "The request did not arrive.") from None
    except ClientDisconnect:
        raise Refused(400, "not_json", "The request ended early.") from None
    return body


def bearer(request: Request) -> str:
    """The token of a request without a body: `Authorization: Bearer …`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def readable(text: str) -> str:
    """The text without control characters other than tab and line feed."""
    return _CONTROL.sub(" ", text)


def check_text(text: str) -> None:
    """Refuses a message that is too long.

    Raises:
        Refused: more than 1,000 characters or 2 KB.
    """
    if len(text) > MAX_TEXT_CHARACTERS or len(text.encode(errors="replace")) > MAX_TEXT_BYTES:
        raise Refused(
            413, "too_long", f"A message can have up to {MAX_TEXT_CHARACTERS} characters (2 KB)."
        )
