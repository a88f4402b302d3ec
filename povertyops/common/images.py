"""Photos that come from outside: told by their bytes, bounded, and drawn anew without anything but pixels."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

MAX_PIXELS = 40_000_000
LONGEST_EDGE = 1_600
THUMB_EDGE = 320
QUALITY, THUMB_QUALITY = 82, 70

_FORMATS = ("JPEG", "PNG", "WEBP")
_WHITE = (255, 255, 255)
# What Pillow raises for pictures that are cut, bent or lie about themselves.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    struct.error,
    zlib.error,
)


class BadImage(ValueError):
    """Bytes that are no usable photo; `code` is "not_a_photo", "too_many_pixels" or "broken_photo"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A fresh JPEG of at most 1,600 pixels an edge, its thumbnail of 320, and the size of the first."""

    jpeg: bytes
    thumb: bytes
    width: int
    height: int


def redraw(data: bytes) -> Picture:
    """The pixels of a JPEG, PNG or WebP, upright, as new files without place, time, maker or anything behind
    the picture. Raises BadImage."""
    if not _looks_like_a_photo(data):
        raise BadImage("not_a_photo")
    try:
        _verify(data)
        canvas = _draw(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadImage("too_many_pixels") from None
    except BadImage:
        raise
    except _BROKEN:
        raise BadImage("broken_photo") from None
    small = canvas.copy()
    small.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return Picture(_jpeg(canvas, QUALITY), _jpeg(small, THUMB_QUALITY), canvas.width, canvas.height)


def _looks_like_a_photo(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _open(data: bytes) -> Image.Image:
    """The picture before anything of it is decoded; a flood of pixels is refused by its header."""
    image = Image.open(BytesIO(data), formats=_FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise BadImage("too_many_pixels")
    return image


def _verify(data: bytes) -> None:
    with _open(data) as image:
        image.verify()


def _draw(data: bytes) -> Image.Image:
    """A canvas of its own: nothing that came with the file is carried over."""
    with _open(data) as image:
        image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded no larger than needed
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        canvas = Image.new("RGB", upright.size, _WHITE)
        if upright.mode in ("RGB", "L", "CMYK", "YCbCr"):
            canvas.paste(upright.convert("RGB"))
        else:
            layers = upright.convert("RGBA")
            canvas.paste(layers, mask=layers.getchannel("A"))
    return canvas


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
