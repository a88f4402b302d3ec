import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povertyops.common import crypto

PIN = "1000123456787"
ROW = b"row-one"


@given(st.text(max_size=40), st.binary(max_size=40))
def test_seal_opens_again(plain, aad):
    key_id, sealed = crypto.seal(plain, aad)

    assert crypto.open_sealed(key_id, sealed, aad) == plain


def test_seal_never_looks_the_same_twice():
    assert crypto.seal(PIN, ROW)[1] != crypto.seal(PIN, ROW)[1]


def test_sealed_bytes_do_not_open_in_another_row():
    key_id, sealed = crypto.seal(PIN, ROW)

    with pytest.raises(crypto.SealBroken):
        crypto.open_sealed(key_id, sealed, b"row-two")


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_sealed_bytes_do_not_open_when_one_was_changed(place):
    key_id, sealed = crypto.seal(PIN, ROW)
    broken = bytearray(sealed)
    broken[place] ^= 1

    with pytest.raises(crypto.SealBroken):
        crypto.open_sealed(key_id, bytes(broken), ROW)


@pytest.mark.parametrize("cut", [b"", b"short"])
def test_sealed_bytes_cut_short_do_not_open(cut):
    key_id, _ = crypto.seal(PIN, ROW)

    with pytest.raises(crypto.SealBroken):
        crypto.open_sealed(key_id, cut, ROW)


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    old_id, old = crypto.seal(PIN, ROW)
    settings.NID_KEYS = {"new": os.urandom(32), **settings.NID_KEYS}

    new_id, new = crypto.seal(PIN, ROW)

    assert new_id == "new" != old_id
    assert crypto.open_sealed(old_id, old, ROW) == crypto.open_sealed(new_id, new, ROW) == PIN


def test_a_lost_key_is_said_so(settings):
    key_id, sealed = crypto.seal(PIN, ROW)
    settings.NID_KEYS = {"other": os.urandom(32)}

    with pytest.raises(crypto.SealBroken, match="no key"):
        crypto.open_sealed(key_id, sealed, ROW)


def test_blind_index_is_equal_for_equal_ids_only():
    assert crypto.blind_index(PIN) == crypto.blind_index(PIN)
    assert crypto.blind_index(PIN) != crypto.blind_index("1000123456788")
    assert len(crypto.blind_index(PIN)) == 32


def test_blind_index_depends_on_its_key(settings):
    before = crypto.blind_index(PIN)
    settings.NID_INDEX_KEY = os.urandom(32)

    assert crypto.blind_index(PIN) != before


@given(st.binary(max_size=500))
def test_seal_blob_opens_again(data):
    assert crypto.open_blob(crypto.seal_blob(data, ROW), ROW) == data


def test_open_blob_refuses_another_owner_and_other_bytes():
    sealed = crypto.seal_blob(b"names and ids", ROW)

    for broken, aad in (
        (sealed, b"row-two"),
        (sealed[:-1], ROW),
        (b"PK\x03\x04", ROW),
        (b"POB1", ROW),
        (b"", ROW),
    ):
        with pytest.raises(crypto.SealBroken):
            crypto.open_blob(broken, aad)


def test_a_sealed_file_does_not_open_as_an_id():
    sealed = crypto.seal_blob(b"1000123456787", ROW)
    key_id = sealed[5 : 5 + sealed[4]].decode()

    with pytest.raises(crypto.SealBroken):
        crypto.open_sealed(key_id, sealed[5 + sealed[4] :], ROW)


def test_bulk_sealing_and_indexing_equal_the_single_ones():
    seal_one, index_one = crypto.sealer(), crypto.indexer()
    key_id, sealed = seal_one(PIN, ROW)

    assert crypto.open_sealed(key_id, sealed, ROW) == PIN
    assert seal_one(PIN, ROW)[1] != sealed
    assert index_one(PIN) == crypto.blind_index(PIN)
