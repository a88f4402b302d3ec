"""Who is at the other end: nothing a sender writes into a header may change it."""

from __future__ import annotations

from typing import Any

import pytest
from axes.helpers import get_client_ip_address
from django.conf import settings as product
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from povertyops.common.addresses import client_address, place_of
from povertyops.common.rates import is_too_often
from povertyops.env import BadSetting, Env

NETWORKS = "10.0.0.0/8, fd00::/8"
SPOOFED = "198.51.100.66"


def asked(peer: str, told: str = "") -> HttpRequest:
    header = {"HTTP_X_FORWARDED_FOR": told} if told else {}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **header)


@pytest.mark.parametrize(
    ("trusted", "peer", "told", "address"),
    [
        # Nobody is trusted: whoever is connected is it.
        ("", "203.0.113.7", SPOOFED, "203.0.113.7"),
        ("", "127.0.0.1", f"{SPOOFED}, 203.0.113.7", "127.0.0.1"),
        # So many servers: so many places from the right, whatever stands before them.
        ("1", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("1", "10.0.0.1", f"{SPOOFED}, 10.0.0.9, 203.0.113.7", "203.0.113.7"),
        ("2", "10.0.0.1", f"{SPOOFED}, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("2", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("1", "", "203.0.113.7", "203.0.113.7"),
        ("1", "10.0.0.1", "", "10.0.0.1"),
        ("1", "10.0.0.1", f"{SPOOFED}, unknown", "10.0.0.1"),
        # Networks: as far as their own servers go, and never from outside.
        (NETWORKS, "10.0.0.1", f"{SPOOFED}, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
        (NETWORKS, "203.0.113.7", SPOOFED, "203.0.113.7"),
        (NETWORKS, "fd00::1", f"{SPOOFED}, 2001:db8::7", "2001:db8::7"),
        (NETWORKS, "10.0.0.1", "10.0.0.2", "10.0.0.2"),
        (NETWORKS, "10.0.0.1", f"{SPOOFED}, x' OR 1=1, 10.0.0.2", "10.0.0.2"),
        # As servers write them.
        ("1", "10.0.0.1", "203.0.113.7:51123", "203.0.113.7"),
        ("1", "10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("1", "10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_address_is_read_through_trusted_servers_alone(
    settings: Any, trusted: str, peer: str, told: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = Env({"P": trusted}).proxies("P")
    assert client_address(asked(peer, told)) == address
    place = address.replace("2001:db8::7", "2001:db8::")
    assert get_client_ip_address(asked(peer, told)) == place, "the sign-in counts by the same address"


def test_nobody_is_trusted_unless_somebody_says_so() -> None:
    assert product.TRUSTED_PROXIES == 0


@pytest.mark.parametrize(
    "value", ["10", "-1", "nginx", "10.0.0.1/8", "0.0.0.0/0", "::/0", "1,2", "10.0.0.0/8,x"]
)
def test_unclear_servers_are_refused(value: str) -> None:
    with pytest.raises(BadSetting):
        Env({"P": value}).proxies("P")


def test_limit_is_each_visitors_own_and_no_header_gives_another(settings: Any) -> None:
    cache.clear()
    settings.TRUSTED_PROXIES = 1

    def refused(told: str) -> bool:
        return is_too_often(asked("10.0.0.1", told), "test", limit=2)

    assert [refused("203.0.113.7") for _ in range(3)] == [False, False, True]
    assert refused(f"{SPOOFED}, 203.0.113.7"), "a made-up first address is still the same visitor"
    assert not refused("203.0.113.8")
    assert [refused(f"2001:db8::{number}") for number in range(3)] == [False, False, True]
    assert place_of(asked("10.0.0.1", "2001:db8:0:1::1")) == "2001:db8:0:1::/64"
    settings.TRUSTED_PROXIES = 0
    by_peer = [is_too_often(asked("192.0.2.9", f"198.51.100.{n}"), "test", limit=2) for n in range(3)]
    assert by_peer == [False, False, True]
