"""Tells the story of the demo: the two deep provinces at once, the three plain ones with --background."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from households.services.duplicates import find_duplicates
from povertyops.demo.cast import Cast, national_centre
from povertyops.demo.chapters import khonkaen, meetings, menus, plain, plans, referrals, songkhla, supervision
from povertyops.demo.models import Chapter
from povertyops.demo.personas import PERSONAS
from povertyops.demo.telling import Teller, rarely_tidied
from reports.services.days import close_days, reopen_days
from reports.services.rollup import drain_marks

Tell = Callable[[Teller, date], None]
DEEP: tuple[tuple[str, str, Tell], ...] = (
    ("songkhla", "สงขลา", songkhla.tell),
    ("referrals", "เรื่องส่งต่อของสงขลา", referrals.tell),
    ("supervision", "การติดตามพี่เลี้ยงของสงขลา", supervision.tell),
    ("plans", "แผนครัวเรือนของระโนด", plans.tell),
    ("menus", "เมนูแก้จนและคิว TPMAP ของสงขลา", menus.tell),
    ("meetings", "การประชุม คจพ.จ. สงขลา", meetings.tell),
    ("khonkaen", "ขอนแก่น", khonkaen.tell),
)
PLAIN: tuple[tuple[str, str, Tell], ...] = (
    ("samutsongkhram", "สมุทรสงคราม", plain.tell_samutsongkhram),
    ("chachoengsao", "ฉะเชิงเทรา", plain.tell_chachoengsao),
    ("sisaket", "ศรีสะเกษ", plain.tell_sisaket),
)
# A village that many steps of a chapter have marked is added up once.
ALL_MARKS_OF_A_CHAPTER = 10_000_000


class Command(BaseCommand):
    help = "Load the invented people of the demo; a chapter that is there already is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--background", action="store_true", help="tell the three plain provinces")

    def handle(self, *args: Any, **options: Any) -> None:
        self._announce()
        with rarely_tidied():
            told = [self._tell(*chapter) for chapter in (PLAIN if options["background"] else DEEP)]
        if any(told):
            # A story changes what past days knew: their figures are put down again.
            reopen_days(date.min)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        if options["background"]:
            close_days()
        elif any(told):
            self._compare()

    def _announce(self) -> None:
        """Every chapter has a row from the start, so that what is still coming can be seen."""
        for position, (key, name, _) in enumerate(DEEP + PLAIN):
            Chapter.objects.get_or_create(key=key, defaults={"name": name, "position": position})
        cast = Cast("national", "central", "มท 0404/1")
        for persona in PERSONAS:
            if persona.centre == "N" and not cast.is_seated(persona):
                cast.seat(persona, national_centre(), date(2021, 10, 1), None)

    def _compare(self) -> None:
        """What the first night would find, so that the queue of likely duplicates is not empty today."""
        started = timezone.now()
        open_pairs = find_duplicates().as_report()["open_pairs"]
        seconds = (timezone.now() - started).total_seconds()
        self.stdout.write(f"  {open_pairs} likely duplicates ... {seconds:.0f} s")

    def _tell(self, key: str, name: str, tell: Tell) -> bool:
        """Whether the chapter was still to be told."""
        chapter = Chapter.objects.get(pk=key)
        if chapter.finished_at:
            return False
        self.stdout.write(f"  {name} ...", ending="")
        self.stdout.flush()
        started = timezone.now()
        teller = Teller(chapter)
        with closing(teller), transaction.atomic():
            tell(teller, timezone.localdate())
            Chapter.objects.filter(pk=key).update(finished_at=timezone.now(), step="", done=1, total=1)
        while drain_marks(ALL_MARKS_OF_A_CHAPTER):
            pass
        self.stdout.write(f" {(timezone.now() - started).total_seconds():.0f} s")
        return True
