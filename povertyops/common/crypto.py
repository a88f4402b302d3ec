"""Sealing of national ids and uploaded files (AES-256-GCM); the blind index for look-up (HMAC-SHA256).

Keys come from the settings NID_KEYS (id -> 32 bytes, the first seals, all open) and NID_INDEX_KEY (32 bytes).
They stand outside the database and its backups.
"""

import hmac
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12
_BLOB_MARK = b"POB1"
_BLOB_CONTEXT = b"file:"


class SealBroken(ValueError):
    """Sealed bytes that were changed, belong to another row, or whose key is gone."""


def seal(plain: str, aad: bytes) -> tuple[str, bytes]:
    """(key id, nonce and ciphertext). ``aad`` is the id of the row: in another row it does not open."""
    key_id, cipher = _sealing_cipher()
    nonce = os.urandom(_NONCE_BYTES)
    return key_id, nonce + cipher.encrypt(nonce, plain.encode(), aad)


def sealer() -> Callable[[str, bytes], tuple[str, bytes]]:
    """`seal` for many values one after the other: the key is looked up once."""
    key_id, cipher = _sealing_cipher()
    encrypt, random = cipher.encrypt, os.urandom

    def seal_one(plain: str, aad: bytes) -> tuple[str, bytes]:
        nonce = random(_NONCE_BYTES)
        return key_id, nonce + encrypt(nonce, plain.encode(), aad)

    return seal_one


def indexer() -> Callable[[str], bytes]:
    """`blind_index` for many ids one after the other."""
    key, digest = settings.NID_INDEX_KEY, hmac.digest
    return lambda pin: digest(key, pin.encode(), "sha256")


def open_sealed(key_id: str, sealed: bytes, aad: bytes) -> str:
    """What was sealed. Raises SealBroken."""
    return _open(key_id, bytes(sealed), aad).decode()


def blind_index(pin: str) -> bytes:
    """32 bytes that are equal for equal ids and say nothing without the key."""
    return hmac.digest(settings.NID_INDEX_KEY, pin.encode(), "sha256")


def seal_blob(data: bytes, aad: bytes) -> bytes:
    """A whole file, sealed into bytes that name their key. ``aad`` is the id of the row that owns it."""
    key_id, cipher = _sealing_cipher()
    nonce = os.urandom(_NONCE_BYTES)
    name = key_id.encode()
    return b"".join(
        (_BLOB_MARK, bytes([len(name)]), name, nonce, cipher.encrypt(nonce, data, _BLOB_CONTEXT + aad))
    )


def open_blob(sealed: bytes, aad: bytes) -> bytes:
    """What ``seal_blob`` took. Raises SealBroken."""
    start = len(_BLOB_MARK) + 1
    if sealed[: len(_BLOB_MARK)] != _BLOB_MARK or len(sealed) <= start:
        raise SealBroken("not a sealed file")
    end = start + sealed[start - 1]
    return _open(sealed[start:end].decode("ascii", "replace"), sealed[end:], _BLOB_CONTEXT + aad)


def _open(key_id: str, sealed: bytes, aad: bytes) -> bytes:
    key = settings.NID_KEYS.get(key_id)
    if key is None:
        raise SealBroken(f"no key {key_id!r}")
    if len(sealed) < _NONCE_BYTES:
        raise SealBroken("too short")
    try:
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
    except InvalidTag:
        raise SealBroken("changed, or of another row") from None


def _sealing_cipher() -> tuple[str, AESGCM]:
    key_id, key = next(iter(settings.NID_KEYS.items()))
    return key_id, _cipher(key)


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
