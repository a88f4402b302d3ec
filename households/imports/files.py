"""The bytes of an import, sealed piece by piece in the database; plain bytes exist in memory only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from uuid import UUID

from povertyops.common.crypto import open_blob, seal_blob

from ..enums import FilePart
from ..models import ImportFile
from . import limits
from .faults import Unreadable

PIECE = limits.MIB


def store_pieces(batch_id: UUID, part: FilePart, pieces: Iterable[bytes]) -> tuple[int, bytes]:
    """Seal and store a file; its size and SHA-256. Raises Unreadable as soon as it is too big."""
    size, fingerprint = 0, sha256()
    for position, piece in enumerate(_even(pieces)):
        size += len(piece)
        if size > limits.MAX_FILE_BYTES:
            raise Unreadable("too_big", most=limits.MAX_FILE_BYTES // limits.MIB)
        fingerprint.update(piece)
        sealed = seal_blob(piece, _place(batch_id, part, position))
        ImportFile.objects.create(batch_id=batch_id, part=part, position=position, sealed=sealed)
    return size, fingerprint.digest()


def read_pieces(batch_id: UUID, part: FilePart) -> Iterator[bytes]:
    """The file's bytes, one stored piece at a time."""
    positions = ImportFile.objects.filter(batch_id=batch_id, part=part).order_by("position")
    for position in list(positions.values_list("position", flat=True)):
        sealed = ImportFile.objects.values_list("sealed", flat=True).get(
            batch_id=batch_id, part=part, position=position
        )
        yield open_blob(bytes(sealed), _place(batch_id, part, position))


@contextmanager
def spooled(batch_id: UUID) -> Iterator[Callable[[], Iterator[bytes]]]:
    """The source file as something that can be read again and again while the connection is busy with COPY.

    What lies in the temporary file is sealed.
    """
    with tempfile.TemporaryFile() as spool:
        lengths = []
        pieces = ImportFile.objects.filter(batch_id=batch_id, part=FilePart.SOURCE).order_by("position")
        for position in list(pieces.values_list("position", flat=True)):
            sealed = bytes(pieces.values_list("sealed", flat=True).get(position=position))
            spool.write(sealed)
            lengths.append(len(sealed))

        def again() -> Iterator[bytes]:
            start = 0
            for position, length in enumerate(lengths):
                spool.seek(start)
                start += length
                yield open_blob(spool.read(length), _place(batch_id, FilePart.SOURCE, position))

        yield again


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        while len(rest) >= PIECE:
            yield bytes(rest[:PIECE])
            del rest[:PIECE]
    if rest:
        yield bytes(rest)


def _place(batch_id: UUID, part: FilePart, position: int) -> bytes:
    return batch_id.bytes + f":{part.value}:{position}".encode()
