"""What phones seal for the server alone: HPKE (RFC 9180) with P-256, HKDF-SHA256 and AES-256-GCM.

The private keys come from the setting SEAL_KEYS (id -> 32 random bytes; phones seal to the first, all open).
A sealed item is `POS1`, the length of the key id, the key id, then what HPKE's single-shot base mode gives:
the encapsulated key (65 bytes) and the ciphertext. Its `info` names kind, person and item, so that it opens
for the person who sealed it and under its own id, and nowhere else. Twin: static/js/field/seal.js.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from .crypto import SealBroken

_MARK = b"POS1"
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
# Nothing that a phone seals is nested further; an answer that hands it back must be able to write it.
_DEEPEST = 32
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def seal_info(kind: str, user_id: int, item_id: UUID) -> bytes:
    """What a sealed item is bound to; `kind` is "visit", "facts", "photo" or "draft"."""
    return f"povertyops:{kind}:{user_id}:{item_id}".encode()


def public_key() -> tuple[str, bytes]:
    """(key id, uncompressed P-256 point of 65 bytes) to which phones seal."""
    key_id = next(iter(settings.SEAL_KEYS))
    point = _private_key(settings.SEAL_KEYS[key_id]).public_key()
    return key_id, point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal_item(data: bytes, *, kind: str, user_id: int, item_id: UUID) -> bytes:
    """What a phone does; here for tests, benches and the demo."""
    key_id, _point = public_key()
    name = key_id.encode()
    public = _private_key(settings.SEAL_KEYS[key_id]).public_key()
    return b"".join(
        (_MARK, bytes([len(name)]), name, _SUITE.encrypt(data, public, seal_info(kind, user_id, item_id)))
    )


def open_item(sealed: bytes, *, kind: str, user_id: int, item_id: UUID) -> bytes:
    """What was sealed. Raises SealBroken when changed, cut, another person's, or its key is gone."""
    start = len(_MARK) + 1
    if sealed[: len(_MARK)] != _MARK or len(sealed) <= start:
        raise SealBroken("not a sealed item")
    end = start + sealed[start - 1]
    secret = settings.SEAL_KEYS.get(sealed[start:end].decode("ascii", "replace"))
    if secret is None:
        raise SealBroken("no such key")
    try:
        return _SUITE.decrypt(sealed[end:], _private_key(secret), seal_info(kind, user_id, item_id))
    except (InvalidTag, ValueError):
        raise SealBroken("changed, or of another person or item") from None


def open_json(sealed: bytes, *, kind: str, user_id: int, item_id: UUID) -> Any:
    """The JSON inside a sealed item, fit to be stored and handed back. Raises SealBroken.

    Half of a pair that a phone cut off in the middle of an emoji becomes a question mark: one letter must not
    hold up a record.
    """
    plain = open_item(sealed, kind=kind, user_id=user_id, item_id=item_id)
    try:
        found = json.loads(plain, parse_constant=_no_number)
        if b"\\ud" in plain.lower():
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise SealBroken("not JSON") from None
    if _is_deeper(found, _DEEPEST):
        raise SealBroken("nested without end")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inside)


@lru_cache(maxsize=16)
def _private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret) % (_ORDER - 1) + 1, ec.SECP256R1())
