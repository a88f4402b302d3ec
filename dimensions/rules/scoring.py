"""From the answers of one assessment to the dimensions a household fails in."""

from collections.abc import Mapping

from ..enums import BITS, AnswerValue
from .evidence import DimensionMap


def failing_mask(answers: Mapping[int, str], mapping: DimensionMap) -> int:
    """The dimensions in which at least one mapped indicator fails, as a mask.

    One failing indicator is enough; "does not apply" and silence never count as failing.
    """
    mask = 0
    for indicator, value in answers.items():
        if value == AnswerValue.FAIL and indicator in mapping:
            mask |= BITS[mapping[indicator]]
    return mask
