"""What phones seal opens for their own person, under its own id and kind, and for nobody else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from povertyops.common.crypto import SealBroken
from povertyops.common.ids import uuid7
from povertyops.common.sealing import open_item, public_key, seal_info, seal_item

ITEM, OTHER = uuid7(), uuid7()
KEYS = {"new": b"n" * 32, "old": b"o" * 32}


def sealed(data: bytes = "พบยาย".encode(), **values: object) -> bytes:
    return seal_item(data, **{"kind": "visit", "user_id": 7, "item_id": ITEM, **values})


def opened(box: bytes, **values: object) -> bytes:
    return open_item(box, **{"kind": "visit", "user_id": 7, "item_id": ITEM, **values})


@pytest.mark.parametrize("data", [b"", b"x", "พบยาย".encode(), bytes(range(256)) * 4_000])
def test_what_was_sealed_comes_back(data: bytes) -> None:
    assert opened(sealed(data)) == data


def test_nothing_of_the_content_shows() -> None:
    assert "พบยาย".encode() not in sealed()
    assert sealed() != sealed()


@pytest.mark.parametrize("other", [{"kind": "facts"}, {"user_id": 8}, {"item_id": OTHER}])
def test_it_opens_for_nobody_else_and_nowhere_else(other: dict[str, object]) -> None:
    with pytest.raises(SealBroken):
        opened(sealed(), **other)


def test_every_changed_byte_is_noticed() -> None:
    box = sealed(b"12345678")
    for place in range(len(box)):
        changed = bytearray(box)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            opened(bytes(changed))


def test_every_cut_is_noticed() -> None:
    box = sealed(b"12345678")
    for end in range(len(box)):
        with pytest.raises(SealBroken):
            opened(box[:end])


def test_an_older_key_still_opens(settings: object) -> None:
    settings.SEAL_KEYS = {"old": KEYS["old"]}
    box = sealed()
    settings.SEAL_KEYS = KEYS

    assert opened(box) == "พบยาย".encode()
    assert public_key()[0] == "new"


def test_a_key_that_is_gone_opens_nothing(settings: object) -> None:
    settings.SEAL_KEYS = {"old": KEYS["old"]}
    box = sealed()
    settings.SEAL_KEYS = {"new": KEYS["new"]}

    with pytest.raises(SealBroken):
        opened(box)


def test_the_key_handed_out_is_a_point_of_the_curve() -> None:
    key_id, point = public_key()

    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    assert (len(point), point[0]) == (65, 4)
    assert key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) == point
    assert key_id.isascii()


def test_info_names_kind_person_and_item() -> None:
    assert seal_info("visit", 7, ITEM) == f"povertyops:visit:7:{ITEM}".encode()
