"""A target list on its way in: the file as it came, sealed, what was read from it, and what is wrong with
it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.models import Appointment
from povertyops.areas.models import Centre
from povertyops.common.ids import uuid7

from ..enums import FilePart, ImportOutcome, ImportStatus, RowUnit, SinceLast
from .lists import ListKind


class ImportBatch(models.Model):
    """One file for one kind of list and fiscal year, from its arrival to its receipt.

    The counts are those of the report: `new`, `known`, `changed` and `held_back` are disjoint and add up to
    `households`. `listed` is the part of `known` that was not on this list before, `joined` the part that
    goes in with another household of the file. `centre` and `province_code` say whose batch it is; both are
    empty for the system. `mapping` is how a person said the
    columns are to be read (empty: as the headers say), `since_last` the counts beside the year before
    ({"year", "new", "same", "changed", "left"}). `asked_by` asked to apply, `approved_by` is the second
    person where the province wants one; so are `undone_by` and `undo_approved_by` for taking it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.ForeignKey(ListKind, models.PROTECT, related_name="batches", db_index=False)
    fiscal_year = models.SmallIntegerField(_("ปีงบประมาณ"))
    survey_year = models.SmallIntegerField(_("ปีสำรวจ"))
    effective_on = models.DateField()
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+", db_index=False)
    seeded_at = models.DateTimeField(null=True)

    file_name = models.CharField(_("ชื่อไฟล์"), max_length=200)
    file_bytes = models.BigIntegerField(default=0)
    file_hash = models.BinaryField(max_length=32)
    is_mended = models.BooleanField(default=False)
    layout = models.JSONField(default=dict)
    provinces = ArrayField(models.CharField(max_length=2), default=list)

    status = models.CharField(_("สถานะ"), max_length=12, choices=ImportStatus, default=ImportStatus.RECEIVED)
    problem = models.CharField(_("สาเหตุที่อ่านไม่ได้"), max_length=500, blank=True)
    rows = models.IntegerField(default=0)
    households = models.IntegerField(default=0)
    persons = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    listed = models.IntegerField(default=0)
    joined = models.IntegerField(default=0, db_default=0)
    changed = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    held_back = models.IntegerField(default=0)
    faults = models.IntegerField(default=0)
    notices = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    profile = models.ForeignKey(
        "households.MappingProfile", models.PROTECT, null=True, related_name="batches", db_index=False
    )
    mapping = models.JSONField(default=dict)
    since_last = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undo_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undo_reason = models.CharField(_("เหตุผลที่เลิกนำเข้า"), max_length=500, blank=True)

    received_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    kind_id: str
    centre_id: UUID | None
    asked_by_id: int | None
    undone_by_id: int | None

    class Meta:
        verbose_name = _("การนำเข้าบัญชีเป้าหมาย")
        indexes = [
            models.Index(fields=["centre", "-id"], name="import_by_centre"),
            models.Index(fields=["province_code", "-id"], name="import_by_province"),
            models.Index(
                fields=["received_at"],
                name="import_unfinished",
                condition=models.Q(status__in=["received", "reading", "requested", "applying", "undoing"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        """How much of the present step is done, 0 to 100."""
        whole = self.households if self.status in ImportStatus.of_applying() else self.rows
        return min(100, 100 * self.done // whole) if whole else 0

    @property
    def can_apply(self) -> bool:
        return self.status == ImportStatus.READY and self.households > self.held_back

    @property
    def is_moving(self) -> bool:
        """Whether a worker has, or will soon have, the batch in hand."""
        return self.status in ImportStatus.of_moving()


class ImportFile(models.Model):
    """A piece of a file of the batch, sealed with the batch's id and the piece's place as associated data."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="files", db_index=False)
    part = models.CharField(max_length=8, choices=FilePart)
    position = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("ไฟล์นำเข้า")
        constraints = [
            models.UniqueConstraint(fields=["batch", "part", "position"], name="import_file_piece_once")
        ]


class ImportHousehold(models.Model):
    """Staging: a household of the file. Its id becomes that of the household, listing and case it gives
    birth to.

    `number` counts households of the file from 1. `match_id` is the household of the register it was found
    to be, `listing_id` that household's present line on this very list, `base_listing_id` the newest earlier
    line of the same kind of list, to which `since_last` compares. `centre_id` is the municipal centre that a
    municipal code stood for, `sheet` the place of the sheet in the file.

    Where two households of the file are one in the register, `joined_to` is the number of the one whose line
    both are, and that one keeps in `alone` what it says by itself, with the `parts` of the line in their
    order: numbers of the file, and `lines` of the register in which another file spoke of one family.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="staged_households", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    first_row = models.IntegerField()
    is_held = models.BooleanField(default=False)
    is_applied = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, choices=ImportOutcome, blank=True)
    match_id = models.UUIDField(null=True)
    listing_id = models.UUIDField(null=True)
    base_listing_id = models.UUIDField(null=True)
    joined_to = models.IntegerField(null=True)
    alone = models.JSONField(null=True)
    since_last = models.CharField(max_length=8, choices=SinceLast, blank=True, db_default="")
    centre_id = models.UUIDField(null=True)
    sheet = models.SmallIntegerField(default=0, db_default=0)
    province_code = models.CharField(max_length=2, db_collation="C")
    area_code = models.CharField(max_length=8, db_collation="C")
    village_name = models.CharField(max_length=120, blank=True)
    house_code = models.CharField(max_length=11, blank=True, db_collation="C")
    house_no = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    head_name = models.CharField(max_length=200, blank=True)
    sort_key = models.CharField(max_length=240, blank=True, db_collation="C")
    dimensions = models.SmallIntegerField(default=0)
    failed_indicators = ArrayField(models.SmallIntegerField(), default=list)
    persons = models.SmallIntegerField(default=0)
    income = models.IntegerField(null=True)
    raw = models.JSONField(default=dict)
    content_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("ครัวเรือนที่รอนำเข้า")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_household_once")]
        indexes = [
            models.Index(
                fields=["batch", "since_last", "number"],
                name="import_household_since",
                condition=~models.Q(since_last=""),
            ),
            models.Index(
                fields=["batch", "joined_to"],
                name="import_household_joined",
                condition=models.Q(joined_to__isnull=False),
            ),
            models.Index(
                fields=["batch", "number"],
                name="import_household_joint",
                condition=models.Q(alone__isnull=False),
            ),
        ]


class ImportRow(models.Model):
    """Staging: a person of the file. The national id is sealed with this row's id, the person's id to be.

    `own_number` is the household's own number where `number` is that of the one it was joined to.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="staged_rows", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    own_number = models.IntegerField(null=True)
    sheet = models.SmallIntegerField(default=0, db_default=0)
    row = models.IntegerField()
    position = models.SmallIntegerField()
    title = models.CharField(max_length=40, blank=True)
    first_name = models.CharField(max_length=120, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    search_key = models.CharField(max_length=240, blank=True)
    sort_key = models.CharField(max_length=240, blank=True, db_collation="C")
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    relation = models.CharField(max_length=60, blank=True)
    is_head = models.BooleanField(default=False)
    blind_index = models.BinaryField(max_length=32, null=True)
    key_id = models.CharField(max_length=16, blank=True)
    sealed = models.BinaryField(max_length=64, null=True)
    raw = models.JSONField(default=dict)
    match_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("บุคคลที่รอนำเข้า")
        indexes = [models.Index(fields=["batch", "number"], name="import_row_by_household")]


class ImportFault(models.Model):
    """Something wrong with (or, as a notice, worth knowing of) one row of the file.

    `row` is the sheet's own row, `column` the header as the person sees it, `value` what stands there, ids
    masked.
    `details` fills the Thai sentence of the code.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="found_faults", db_index=False)
    number = models.IntegerField()
    sheet = models.SmallIntegerField(default=0, db_default=0)
    row = models.IntegerField()
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    is_notice = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("ข้อที่ต้องแก้ในไฟล์นำเข้า")
        indexes = [models.Index(fields=["batch", "is_notice", "row", "id"], name="import_fault_by_row")]


class MappingProfile(models.Model):
    """How the files of one source are to be read; found again by their headers. A change is a new version.

    `signature` fingerprints the headers. `columns` maps fields of the profile to headers, `options` holds
    sheets, header rows and the words for yes and no. An empty kind or province means any. `centre` is the
    one whose files are read by it; none for a profile that the province made for everybody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("ชื่อแม่แบบ"), max_length=120)
    province_code = models.CharField(max_length=2, blank=True, db_collation="C")
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.ForeignKey(ListKind, models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.CharField(max_length=64, db_collation="C")
    unit = models.CharField(_("หนึ่งแถวคือ"), max_length=10, choices=RowUnit, default=RowUnit.PERSON)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(_("ฉบับที่"), default=1)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("แม่แบบการอ่านไฟล์")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "province_code"],
                condition=models.Q(superseded_at=None),
                name="mapping_profile_one_current",
            )
        ]
        indexes = [models.Index(fields=["signature"], name="mapping_profile_by_headers")]

    def __str__(self) -> str:
        return self.name


class ImportRule(models.Model):
    """What a province wants of imports: from how many households on a second person approves (or never)."""

    province_code = models.CharField(max_length=2, primary_key=True, db_collation="C")
    second_person_from = models.PositiveIntegerField(_("ตั้งแต่กี่ครัวเรือนต้องมีผู้อนุมัติคนที่สอง"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("กติกาการนำเข้าของจังหวัด")
