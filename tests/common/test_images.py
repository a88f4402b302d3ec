"""Photos from outside: told by their bytes, bounded, drawn anew without anything but pixels."""

from __future__ import annotations

import random
from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from povertyops.common.images import BadImage, redraw


def picture(
    fmt: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: object
) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 90 if mode == "L" else None).save(out, fmt, **options)
    return out.getvalue()


def noise(fmt: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((200, 150), 60).convert("RGB").save(out, fmt)
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(data)).size


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825).update({1: "N", 2: (7.0, 11.0, 0.0), 3: "E", 4: (100.0, 35.0, 0.0)})
    return picture(size=(400, 300), exif=exif)


@pytest.mark.parametrize(
    ("fmt", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("WEBP", "RGB"),
    ],
)
def test_photos_of_every_kind_become_a_jpeg_and_a_thumbnail(fmt: str, mode: str) -> None:
    found = redraw(picture(fmt, mode=mode))

    assert found.jpeg.startswith(b"\xff\xd8\xff")
    assert size_of(found.jpeg) == (found.width, found.height) == (400, 300)
    assert size_of(found.thumb) == (320, 240)


def test_a_large_photo_becomes_small() -> None:
    found = redraw(picture(size=(4_000, 3_000)))

    assert size_of(found.jpeg) == (1_600, 1_200)


def test_place_maker_and_turn_do_not_stay() -> None:
    sent = with_place()
    assert b"SecretPhoneMaker" in sent

    found = redraw(sent)

    assert size_of(found.jpeg) == (300, 400)  # upright
    for data in (found.jpeg, found.thumb):
        assert b"SecretPhoneMaker" not in data
        assert not Image.open(BytesIO(data)).getexif()
        assert b"Exif" not in data


def test_what_hides_behind_a_photo_does_not_stay() -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")

    found = redraw(picture() + archive.getvalue())

    assert b"PK\x03\x04" not in found.jpeg
    assert b"script" not in found.jpeg


def test_a_comment_in_a_photo_does_not_stay() -> None:
    assert b"<script>" not in redraw(picture(comment=b"<script>alert(1)</script>")).jpeg


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
        b"RIFF\x10\0\0\0WAVEfmt ",
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
    ],
)
def test_other_files_are_no_photos(data: bytes) -> None:
    with pytest.raises(BadImage) as refusal:
        redraw(data)

    assert refusal.value.code == "not_a_photo"


@pytest.mark.parametrize("size", [(10_000, 5_000), (20_000, 20_000)])
def test_a_flood_of_pixels_is_refused_by_its_header(size: tuple[int, int]) -> None:
    data = picture("PNG", size=size, mode="1")
    assert len(data) < 100_000

    with pytest.raises(BadImage) as refusal:
        redraw(data)

    assert refusal.value.code == "too_many_pixels"


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused(fmt: str) -> None:
    data = noise(fmt)

    with pytest.raises(BadImage) as refusal:
        redraw(data[: len(data) // 2])

    assert refusal.value.code == "broken_photo"


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_damaged_photos_are_drawn_or_refused_never_an_error(fmt: str) -> None:
    data, chance = noise(fmt), random.Random(20)
    for _round in range(60):
        bent = bytearray(data)
        for _place in range(chance.randint(1, 20)):
            bent[chance.randrange(len(bent))] = chance.randrange(256)
        with suppress(BadImage):
            redraw(bytes(bent))
