"""Every setting, in one place: name, default, help. Set them as environment variables.

`read_settings` checks them all at start and refuses names it does not know.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from bot.problems import DataError, Problem

# The least and the most days for which a conversation may be kept.
RETENTION_DAYS = (0.0001, 3650.0)
LEAST_KEY_CHARACTERS = 32
_ADDRESS = (
    "Write scheme://name:password@host:port/…, and in name and password %40 for @, %2F for /, "
    "%3A for :, %3F for ?, %23 for #, %5B for [."
)


class Setting(NamedTuple):
    """One setting: the environment variable, its default as text, and what it does."""

    name: str
    default: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("PORT", "5005", "Port of the public server."),
    Setting("FAQBOT_HOST", "127.0.0.1", "Address the public server listens on."),
    Setting("FAQBOT_PROJECT", ".", "Folder that holds config.yml, data/ and models/."),
    Setting("FAQBOT_VAR", "var", "Folder for what the server writes: database, key, audit trail."),
    Setting(
        "FAQBOT_DATABASE_URL",
        "",
        "Where conversations are kept: empty for SQLite in FAQBOT_VAR, or postgresql://….",
    ),
    Setting(
        "FAQBOT_REDIS_URL",
        "",
        "redis://… for locks and rate limits that two servers or more share.",
    ),
    Setting(
        "FAQBOT_SECRET_KEY",
        "",
        "Signs session tokens; the same on all servers. Empty: made once and kept in FAQBOT_VAR.",
    ),
    Setting(
        "FAQBOT_ALLOWED_ORIGINS",
        "",
        "Websites that may embed the widget, comma-separated: https://www.clinic.example.",
    ),
    Setting(
        "FAQBOT_TRUSTED_PROXIES",
        "",
        "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed.",
    ),
    Setting("FAQBOT_SESSION_HOURS", "12", "Hours of silence after which a session ends."),
    Setting("FAQBOT_RETENTION_DAYS", "30", "Days of silence after which a chat is removed."),
    Setting("FAQBOT_RATE_SESSION", "60/minute", "Messages allowed per session."),
    Setting("FAQBOT_RATE_ADDRESS", "600/minute", "Messages allowed per network address."),
    Setting("FAQBOT_RATE_NEW_SESSIONS", "600/hour", "New sessions allowed per network address."),
    Setting("FAQBOT_ACTION_PORT", "5055", "Loopback port of the action server; 0 picks one."),
    Setting("FAQBOT_ACTION_URL", "", "An action server run by somebody else; empty: start one."),
    Setting("FAQBOT_ACTION_TIMEOUT", "1.0", "Seconds a custom action may take."),
    Setting("FAQBOT_HISTORY_EVENTS", "120", "Events of a conversation that are read each turn."),
    Setting("FAQBOT_MODELS_KEPT", "5", "How many trained models to keep for going back."),
    Setting("FAQBOT_LOG_FORMAT", "text", "text or json."),
    Setting("FAQBOT_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, typed and checked."""

    port: int
    host: str
    project: Path
    var: Path
    database_url: str
    redis_url: str
    secret_key: str
    allowed_origins: tuple[str, ...]
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    session_hours: float
    retention_days: float
    rate_session: str
    rate_address: str
    rate_new_sessions: str
    action_port: int
    action_url: str
    action_timeout: float
    history_events: int
    models_kept: int
    log_format: str
    log_level: str

    @property
    def data(self) -> Path:
        """The folder with what the clinic's staff edit."""
        return self.project / "data"

    @property
    def models(self) -> Path:
        """The folder with the trained models."""
        return self.project / "models"

    def __repr__(self) -> str:
        """Names no secret: passwords and keys stay out of logs and tracebacks."""
        return f"Settings(project={str(self.project)!r}, port={self.port})"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment.

    Raises:
        DataError: an unknown FAQBOT_ name or an impossible value; all are listed.
    """
    environment = os.environ if environment is None else environment
    known = {setting.name for setting in SETTINGS}
    problems = [
        _problem(name, "There is no such setting.", "See docs/operations.md for the list.")
        for name in sorted(environment)
        if name.startswith("FAQBOT_") and name not in known
    ]
    texts = {s.name: environment.get(s.name, "") or s.default for s in SETTINGS}

    def number(name: str, low: float, high: float) -> float:
        try:
            value = float(texts[name])
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            problems.append(
                _problem(name, f"`{texts[name]}` will not do.", f"Give {low:g} to {high:g}.")
            )
            return low
        return value

    def choice(name: str, *options: str) -> str:
        if texts[name] not in options:
            problems.append(
                _problem(name, f"`{texts[name]}` will not do.", f"Use {' or '.join(options)}.")
            )
        return texts[name]

    def listed(name: str) -> tuple[str, ...]:
        return tuple(part.strip().rstrip("/") for part in texts[name].split(",") if part.strip())

    def rate(name: str) -> str:
        from limits import parse_many

        try:
            rates = parse_many(texts[name])
        except ValueError:
            rates = []
        if len(rates) != 1:
            problems.append(_problem(name, f"`{texts[name]}` is no rate.", "Write one: 20/minute."))
        return texts[name]

    def address(name: str, *schemes: str) -> str:
        if texts[name] and not texts[name].startswith(schemes):
            problems.append(
                _problem(name, "This address will not do.", f"Begin it with {schemes[0]}.")
            )
            return texts[name]
        try:
            _check_address(texts[name])
        except ValueError:
            problems.append(_problem(name, "This address will not do.", _ADDRESS))
        return texts[name]

    def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        found = []
        for text in listed(name):
            try:
                found.append(ipaddress.ip_network(text, strict=False))
            except ValueError:
                problems.append(
                    _problem(name, f"`{text}` is no address.", "Write 10.0.0.7 or 10.0.0.0/8.")
                )
        return tuple(found)

    for origin in listed("FAQBOT_ALLOWED_ORIGINS"):
        if not origin.startswith(("https://", "http://")) or origin.count("/") != 2:
            problems.append(
                _problem("FAQBOT_ALLOWED_ORIGINS", f"`{origin}` is no origin.", "https://host.")
            )
    # Other processes are started in this folder; they have to find the same one.
    project = Path(texts["FAQBOT_PROJECT"]).resolve()
    settings = Settings(
        port=int(number("PORT", 0, 65535)),
        host=texts["FAQBOT_HOST"],
        project=project,
        var=project / texts["FAQBOT_VAR"],
        database_url=address("FAQBOT_DATABASE_URL", "postgresql://", "sqlite:///"),
        redis_url=address("FAQBOT_REDIS_URL", "redis://", "rediss://", "unix://"),
        secret_key=texts["FAQBOT_SECRET_KEY"],
        allowed_origins=listed("FAQBOT_ALLOWED_ORIGINS"),
        trusted_proxies=networks("FAQBOT_TRUSTED_PROXIES"),
        session_hours=number("FAQBOT_SESSION_HOURS", 0.01, 24 * 365),
        retention_days=number("FAQBOT_RETENTION_DAYS", *RETENTION_DAYS),
        rate_session=rate("FAQBOT_RATE_SESSION"),
        rate_address=rate("FAQBOT_RATE_ADDRESS"),
        rate_new_sessions=rate("FAQBOT_RATE_NEW_SESSIONS"),
        action_port=int(number("FAQBOT_ACTION_PORT", 0, 65535)),
        action_url=address("FAQBOT_ACTION_URL", "http://", "https://"),
        action_timeout=number("FAQBOT_ACTION_TIMEOUT", 0.05, 1.5),
        history_events=int(number("FAQBOT_HISTORY_EVENTS", 120, 10_000)),
        models_kept=int(number("FAQBOT_MODELS_KEPT", 1, 1000)),
        log_format=choice("FAQBOT_LOG_FORMAT", "text", "json"),
        log_level=choice("FAQBOT_LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR"),
    )
    if settings.secret_key and len(settings.secret_key) < LEAST_KEY_CHARACTERS:
        fix = f"Use {LEAST_KEY_CHARACTERS} characters or more."
        problems.append(_problem("FAQBOT_SECRET_KEY", "The key is too short.", fix))
    several = settings.redis_url and settings.database_url.startswith("postgresql")
    if several and not settings.secret_key:
        problems.append(
            _problem(
                "FAQBOT_SECRET_KEY",
                "Servers that share a database need the same key, or none of them knows the "
                "others' conversations.",
                "Make one with `openssl rand -hex 32` and give it to all servers.",
            )
        )
    if problems:
        raise DataError(problems)
    return settings


def warnings_of(settings: Settings) -> list[str]:
    """What works on one server and would not on two; each line says so."""
    shared = settings.database_url.startswith("postgresql")
    if settings.redis_url and not shared:
        return [
            "FAQBOT_REDIS_URL is set, but conversations are in SQLite on this machine: a second "
            "server elsewhere would not know them. Set FAQBOT_DATABASE_URL to postgresql://…."
        ]
    if shared and not settings.redis_url:
        return [
            "FAQBOT_REDIS_URL is not set: rate limits count for this server alone. That is "
            "right for one server; for several, set it."
        ]
    return []


def described(name: str, value: str) -> str:
    """A setting's value as it may be shown and kept: the key as a fingerprint, no password.

    Args:
        name: the setting.
        value: its value; empty for the default.
    """
    value = value or next(s.default for s in SETTINGS if s.name == name)
    if name == "FAQBOT_SECRET_KEY" and value:
        return f"sha256:{hashlib.sha256(value.encode()).hexdigest()[:8]}"
    return _without_secrets(value) if name.endswith("_URL") else value


def _check_address(address: str) -> None:
    """Raises `ValueError` for an address that its reader would stumble over."""
    if not address or address.startswith("sqlite"):
        return
    parts = _parts(address)
    if parts.scheme in ("redis", "rediss", "unix"):
        from redis.connection import parse_url

        parse_url(address)
    elif parts.scheme in ("http", "https") and not parts.hostname:
        raise ValueError("no host")


def _parts(address: str) -> urllib.parse.SplitResult:
    """The parts of an address in which all libraries see the same parts.

    Raises:
        ValueError: the port is no number, or the password may end elsewhere for others.
    """
    parts = urllib.parse.urlsplit(address)
    user, _, host = parts.netloc.rpartition("@")
    # One of @ / ? # in a password, written as it is, leaves an @ in one of these.
    if "@" in "".join((user, parts.path, parts.query, parts.fragment)):
        raise ValueError("more than one @")
    if parts.port is None and host.endswith(":"):
        raise ValueError("no port")
    return parts


def _without_secrets(address: str) -> str:
    """The address without its password, and without its query, which may hold one too."""
    if not address or address.startswith("sqlite"):
        return address.partition("?")[0]
    try:
        parts = _parts(address)
    except ValueError:
        return "…"
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    shown = f"{name}:…" if colon else name
    if user and parts.scheme in ("http", "https"):
        shown = "…"  # there the name itself may be the secret
    return f"{parts.scheme}://{shown}{at}{host}{parts.path}{'?…' if parts.query else ''}"


def _problem(name: str, message: str, fix: str) -> Problem:
    return Problem(f"environment variable {name}", 1, message, fix)
