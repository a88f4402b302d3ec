"""The five dimensions, the stages, the answers to an indicator and how sure a fact is."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from povertyops.common.languages import kept_in_thai
from povertyops.common.naming import DIMENSION_NAMES, STAGE_NAMES, Names, names_in_force, said_as


class Dimension(models.TextChoices):
    """In the fixed order of every page, with the name in force. A set of them is stored as a mask of bits."""

    HEALTH = "health", DIMENSION_NAMES["health"]
    LIVING = "living", DIMENSION_NAMES["living"]
    EDUCATION = "education", DIMENSION_NAMES["education"]
    INCOME = "income", DIMENSION_NAMES["income"]
    ACCESS = "access", DIMENSION_NAMES["access"]

    @property
    def bit(self) -> int:
        return BITS[self]

    @classmethod
    def from_mask(cls, mask: int) -> list["Dimension"]:
        """The dimensions of a mask, in order."""
        return [dimension for dimension, bit in BITS.items() if mask & bit]

    @classmethod
    def mask_of(cls, dimensions: Iterable[str]) -> int:
        """The mask of dimensions, given as members or as their codes."""
        mask = 0
        for dimension in dimensions:
            mask |= BITS[cls(dimension)]
        return mask

    @classmethod
    def called(
        cls, text: str, plain: Callable[[str], str] = str, before: Iterable[str] = ("",)
    ) -> "Dimension | None":
        """The dimension that a text of a file calls by its Thai name in force, whoever reads it.

        `plain` makes a name comparable with the text; one of `before` may stand in front of it.
        """
        return _called(_dimensions_by_name(plain, names_in_force()), text, before)


BITS: dict[Dimension, int] = {dimension: 1 << place for place, dimension in enumerate(Dimension)}
ALL_MASK = (1 << len(BITS)) - 1


@lru_cache(maxsize=8)
def _dimensions_by_name(plain: Callable[[str], str], in_force: Names) -> dict[str, Dimension]:
    """The dimensions by their Thai names, made comparable by `plain`, while these names are in force."""
    with kept_in_thai(), said_as(in_force):
        return {plain(str(dimension.label)): dimension for dimension in Dimension}


class Stage(models.IntegerChoices):
    """The steps a household climbs, lowest first, with the name in force."""

    WAITING = 0, STAGE_NAMES["waiting"]
    SURVIVE = 1, STAGE_NAMES["survive"]
    SUFFICIENT = 2, STAGE_NAMES["sufficient"]
    SUSTAINABLE = 3, STAGE_NAMES["sustainable"]

    @property
    def code(self) -> str:
        """The word for it in the API, in style sheets and in file names."""
        return self.name.lower()

    @classmethod
    def from_code(cls, code: str) -> "Stage":
        """The stage with this code. Raises KeyError."""
        return _STAGE_BY_CODE[code]

    @classmethod
    def called(
        cls, text: str, plain: Callable[[str], str] = str, before: Iterable[str] = ("",)
    ) -> "Stage | None":
        """The stage that a text of a file calls by its Thai name in force, as `Dimension.called`."""
        return _called(_stages_by_name(plain, names_in_force()), text, before)


_STAGE_BY_CODE = {stage.code: stage for stage in Stage}


@lru_cache(maxsize=8)
def _stages_by_name(plain: Callable[[str], str], in_force: Names) -> dict[str, Stage]:
    """The stages by their Thai names, as `_dimensions_by_name`."""
    with kept_in_thai(), said_as(in_force):
        return {plain(str(stage.label)): stage for stage in Stage}


Called = TypeVar("Called")


def _called(names: Mapping[str, Called], text: str, before: Iterable[str]) -> Called | None:
    found = (names.get(text.removeprefix(word)) for word in before if text.startswith(word))
    return next((one for one in found if one is not None), None)


class AnswerValue(models.TextChoices):
    PASS = "pass", _("ผ่าน")
    FAIL = "fail", _("ไม่ผ่าน")
    NOT_APPLICABLE = "na", _("ไม่เกี่ยวข้อง")


class IndicatorUnit(models.TextChoices):
    PERSON = "person", _("รายบุคคล")
    HOUSEHOLD = "household", _("ครัวเรือน")


class Certainty(models.TextChoices):
    """How sure a fact of the yardstick is, surest first."""

    VERIFIED = "verified", _("ตรวจสอบกับแหล่งข้อมูลแล้ว")
    ONE_SOURCE = "one_source", _("พบในแหล่งข้อมูลเดียว")
    MEMORY = "memory", _("จากความจำ ยังไม่ได้ตรวจสอบ")
    INFERRED = "inferred", _("อนุมานจากถ้อยคำ")
    GUESS = "guess", _("คาดไว้ ต้องตรวจสอบก่อนใช้")
    UNKNOWN = "unknown", _("ยังไม่พบข้อมูล")
