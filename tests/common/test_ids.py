from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from uuid import RFC_4122

from povertyops.common.ids import uuid7, uuid7s


def test_uuid7_names_its_version_and_variant():
    key = uuid7()

    assert key.version == 7
    assert key.variant == RFC_4122


def test_uuid7_holds_the_time_it_was_made():
    before = datetime.now(UTC).timestamp()

    made = (uuid7().int >> 80) / 1000

    assert before - 0.01 <= made <= datetime.now(UTC).timestamp() + 0.01


def test_uuid7_grows_with_every_key():
    keys = [uuid7() for _ in range(10_000)]

    assert keys == sorted(set(keys))


def test_uuid7_is_never_given_twice_by_several_threads():
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(lambda _: uuid7(), range(4_000)))

    assert len(set(keys)) == 4_000


def test_bulk_keys_are_of_the_same_kind_and_in_order_with_single_ones():
    keys = [uuid7(), *islice(uuid7s(), 2_000), uuid7()]

    assert keys == sorted(set(keys))
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}
