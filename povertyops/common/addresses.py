"""From which address a request comes, also behind the servers in front that TRUSTED_PROXIES names.

Whoever sends a request can write anything into X-Forwarded-For; each server in front adds, at its right end,
the address it was reached from. So it is read from the right, and no further than the trusted servers go.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
# What one household or office is given of the newer kind of addresses: all of it counts as one.
_ONE_PLACE = 64


def client_address(request: HttpRequest) -> str | None:
    """The address nearest to the sender that a trusted server vouches for; without any, the peer itself."""
    peer = _read(request.META.get("REMOTE_ADDR", ""))
    trusted = settings.TRUSTED_PROXIES
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if isinstance(trusted, int):
        told = told[-trusted:] if trusted else []
    for word in reversed(told):
        earlier = _read(word)
        if earlier is None or not (isinstance(trusted, int) or _is_among(peer, trusted)):
            break
        peer = earlier
    return str(peer) if peer else None


def _is_among(peer: Address | None, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return peer is not None and any(peer in network for network in networks)


def place_of(request: HttpRequest) -> str:
    """The address to count by: of IPv6 the network of one place, of which a sender may take any address."""
    address = _read(client_address(request) or "")
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _ONE_PLACE), strict=False))
    return str(address or "")


def counted_address(request: HttpRequest) -> str | None:
    """`place_of` where only an address can be kept, as in the failed sign-ins: the network's first one."""
    return place_of(request).partition("/")[0] or None


def _read(word: str) -> Address | None:
    """An address as servers write it, perhaps with a port; None for anything else."""
    text = word.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or (None if address.scope_id else address)
    return address
