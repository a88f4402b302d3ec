"""The 13 digits of a national id: cleaning, checking, masking. Never logs or stores them."""

import math
import re
from random import Random
from typing import Literal

from povertyops.common.thai import to_arabic_digits

Fault = Literal["short_pin", "long_pin", "not_digits", "rounded_pin", "bad_first_digit", "bad_check_digit"]

LENGTH = 13
DEMO_REGISTRAR = "00"

# Spaces and dashes of every kind, points, zero-width characters and the apostrophe typed in front in Excel.
_SEPARATORS = re.compile("[\\s\\-\u2010-\u2015\u2212.'\u2019\u00ad\u200b-\u200f\u2060\ufeff]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_WHOLE_FLOAT = re.compile(r"\d+\.0+")
_OFFSET = 48 * sum(range(2, 14))  # the weights 13..2 times the code point of "0"


def clean_pin(value: str | int | float | None) -> str:
    """The id as written, without separators, in Arabic digits; "" for nothing.

    A number out of a spreadsheet (3001823315741.0) is put back into digits. What cannot be an id stays as
    it is, for ``why_bad`` to name.
    """
    if isinstance(value, str):
        if len(value) == LENGTH and value.isascii() and value.isdecimal():
            return value
        return _clean_text(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else str(value)
    return str(value)


def _clean_text(value: str) -> str:
    text = to_arabic_digits(value.strip())
    if _WHOLE_FLOAT.fullmatch(text):
        text = text.partition(".")[0]
    elif _SCIENTIFIC.fullmatch(text):
        return text
    return _SEPARATORS.sub("", text)


def why_bad(pin: str) -> Fault | None:
    """What is wrong with a cleaned id, or None.

    The first digit is the class of person: 1 to 8, and 0 for people without a registered status.
    """
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdecimal()):
        return _why_malformed(pin)
    if pin[0] == "9":
        return "bad_first_digit"
    if check_digit(pin) != pin[12]:
        return "bad_check_digit"
    return None


def _why_malformed(pin: str) -> Fault:
    if _SCIENTIFIC.fullmatch(pin):
        return "rounded_pin"
    if pin and not (pin.isascii() and pin.isdecimal()):
        return "not_digits"
    return "short_pin" if len(pin) < LENGTH else "long_pin"


def is_valid(pin: str) -> bool:
    return why_bad(pin) is None


def check_digit(pin: str) -> str:
    """The 13th digit that belongs to the first twelve: (11 - sum(digit * weight 13..2) mod 11) mod 10."""
    b = pin.encode("ascii")
    total = (
        13 * b[0] + 12 * b[1] + 11 * b[2] + 10 * b[3] + 9 * b[4] + 8 * b[5]
        + 7 * b[6] + 6 * b[7] + 5 * b[8] + 4 * b[9] + 3 * b[10] + 2 * b[11] - _OFFSET
    )  # fmt: skip
    return "10987654321"[total % 11]


def format_pin(pin: str) -> str:
    """1-2345-67890-12-1. Showing one takes a reason and is logged: that is the caller's duty."""
    return f"{pin[0]}-{pin[1:5]}-{pin[5:10]}-{pin[10:12]}-{pin[12]}"


def mask(pin: str) -> str:
    """1-2345-xxxxx-12-1; of something that is no id only its length remains."""
    if len(pin) != LENGTH:
        return "x" * len(pin)
    return f"{pin[0]}-{pin[1:5]}-xxxxx-{pin[10:12]}-{pin[12]}"


def make_demo_pin(random: Random, first_digit: int | None = None) -> str:
    """A valid id of nobody: no registrar's office begins with 00."""
    first = random.choice((1, 1, 1, 3, 3, 5)) if first_digit is None else first_digit
    body = f"{first}{DEMO_REGISTRAR}{random.randrange(10**9):09d}"
    return body + check_digit(body)


def is_demo_pin(pin: str) -> bool:
    return pin[1:3] == DEMO_REGISTRAR
