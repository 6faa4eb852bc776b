"""Whose message it is, as far as the network can tell."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from bot.settings import Settings


def address_of(request: Request, settings: Settings) -> str:
    """The network address that limits are counted by.

    Behind a trusted proxy it is the last address in X-Forwarded-For that no trusted proxy
    has. Of IPv6 it is the /64 network, which is what one household or phone is given.
    """
    peer = request.client.host if request.client else ""
    address = _parsed(peer)
    if address is None:
        return "unknown"
    forwarded = request.headers.get("x-forwarded-for", "").split(",")
    while forwarded and _trusted(address, settings):
        before = _parsed(forwarded.pop().strip())
        if before is None:
            break
        address = before
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _trusted(address: ipaddress.IPv4Address | ipaddress.IPv6Address, settings: Settings) -> bool:
    return any(address in network for network in settings.trusted_proxies)
