"""Household plans of Songkhla's home district in every state; continuing care held, waiting and declined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from casework.inputs import HelpInput, StepInput
from casework.models import CohortState, HelpMenuItem, HouseholdPlan
from casework.services.care import decide_care, dimensions_open_to_care, propose_care
from casework.services.helps import record_help
from casework.services.plans import approve_plans, complete_step, return_plan, save_plan
from dimensions.enums import Dimension
from povertyops.accounts.models import Appointment
from povertyops.common.thai import fiscal_year_of

from ..telling import Teller, acting

HOME = "9007"
FOUR_T = {
    "attitude": ["loves_work", "confident"],
    "skills": ["farming", "ทำขนมพื้นบ้าน"],
    "resources": ["own_house", "water", "no_capital"],
    "way_out": ["capital", "job_skills", "market"],
}
THIN = {"attitude": ["discouraged"], "skills": ["no_special_skill"]}
AIMS = {
    Dimension.HEALTH: "คนในบ้านได้ตรวจสุขภาพและรับยาต่อเนื่อง",
    Dimension.LIVING: "หลังคาไม่รั่วและมีส้วมใช้ก่อนหน้าฝน",
    Dimension.EDUCATION: "หลานได้เรียนต่อจนจบ",
    Dimension.INCOME: "มีรายได้จากของที่ทำเองทุกสัปดาห์",
    Dimension.ACCESS: "ได้รับสิทธิที่ควรได้ครบทุกคน",
}


def tell(teller: Teller, today: date) -> None:
    """Eight plans and five proposals of care, written by the people whom visitors sign in as."""
    teller.step("แผนครัวเรือนและดูแลต่อเนื่อง", 0, 1)
    story = _Plans(teller, today)
    households = story.households()
    story.plans(households[:8])
    story.care(households[8:])


class _Plans:
    """The people of the home district and what they write."""

    def __init__(self, teller: Teller, today: date) -> None:
        self.teller, self.today = teller, today
        rows = Appointment.objects.select_related("user", "centre").filter(
            user__username__in=["songkhla.mentor", "songkhla.district", "songkhla.team"]
        )
        people = {row.user.username: row for row in rows}
        self.mentor, self.officer = people["songkhla.mentor"], people["songkhla.district"]
        self.second = (
            Appointment.objects.select_related("user", "centre")
            .filter(centre=self.officer.centre, role=self.officer.role)
            .exclude(pk=self.officer.pk)
            .order_by("pk")
            .first()
        )
        self.team = people.get("songkhla.team", self.mentor)
        self.item = HelpMenuItem.objects.filter(
            province_code="", dimension=Dimension.INCOME, nature="development", is_active=True
        ).order_by("position", "code")[0]

    def households(self) -> list[CohortState]:
        """Those of the mentor's team this year first, then of the district; without a plan so far."""
        planned = HouseholdPlan.objects.values("household_id")
        rows = list(
            CohortState.objects.filter(
                fiscal_year=fiscal_year_of(self.today), district_code=HOME, is_open=True, is_removed=False
            )
            .select_related("household")
            .exclude(household__in=planned)
            .exclude(baseline=0)
            .filter(membership__lte=2, team_id__isnull=False)
            .order_by("household__house_code")
        )
        return sorted(rows, key=lambda row: row.team_id != self.mentor.centre_id)

    # --------------------------------------------------------------------------------------------- plans

    def plans(self, rows: Sequence[CohortState]) -> None:
        """In force; in force with a newer one waiting; waiting; returned; returned and written anew."""
        running, newer, first, back, again, of_team, of_officer, quiet = (row for row in rows)
        self._running(running)
        self._approve(self._write(newer, self.mentor, 20), 18)
        self._write(newer, self.mentor, 2, goal="ขายขนมหน้าโรงเรียนทุกเช้า", changed=True)
        self._write(first, self.mentor, 1)
        self._return(
            self._write(back, self.mentor, 6, four_t=THIN), 4, "ขอให้ทำ 4ท ให้ครบ และใส่งบประมาณของโรงเรือน"
        )
        self._return(self._write(again, self.mentor, 9, four_t=THIN), 8, "ยังไม่เห็นว่าใครเป็นผู้ทำขั้นตอนแรก")
        self._write(again, self.mentor, 3)
        self._write(
            of_team, self.team if of_team.subdistrict_code == self._home_subdistrict() else self.mentor, 2
        )
        self._write(of_officer, self.officer, 1)
        self._approve(self._write(quiet, self.mentor, 30), 28)

    def _home_subdistrict(self) -> str:
        return self.team.centre.coverage.values_list("area_id", flat=True).first() or ""

    def _write(
        self,
        row: CohortState,
        by: Appointment,
        days_ago: int,
        *,
        goal: str = "พึ่งตนเองได้โดยไม่ต้องกู้เพิ่ม",
        four_t: dict[str, list[str]] = FOUR_T,
        changed: bool = False,
    ) -> HouseholdPlan:
        on = self.today - timedelta(days=days_ago)
        failing = Dimension.from_mask(row.baseline)
        before = HouseholdPlan.objects.filter(household=row.household_id).order_by("-version").first()
        kept = {step.position: step.pk for step in before.steps.all()} if before else {}
        return save_plan(
            actor=acting(by, on),
            household_id=row.household_id,
            four_t=four_t,
            goal=goal,
            goals={dimension.value: AIMS[dimension] for dimension in failing},
            agreed_with=row.household.head_name,
            agreed_on=on,
            steps=self._steps(failing[0], kept, changed=changed),
        )

    def _steps(self, dimension: Dimension, kept: dict[int, UUID], *, changed: bool) -> list[StepInput]:
        soon = self.today + timedelta(days=5)
        steps = [
            StepInput(text="", item_id=self.item.pk, responsible="พัฒนากรอำเภอ", due_on=soon, id=kept.get(0)),
            StepInput(
                text="จดรายรับรายจ่ายทุกวัน" if not changed else "จดรายรับรายจ่ายทุกวันและเก็บเดือนละ 300 บาท",
                dimension=Dimension.INCOME,
                responsible="แม่บ้านของครัวเรือน",
                due_on=self.today - timedelta(days=4),
                id=kept.get(1),
            ),
            StepInput(
                text="ซ่อมส่วนที่ชำรุดของบ้าน",
                nature="relief",
                dimension=dimension,
                responsible="อบต. และช่างในหมู่บ้าน",
                budget_baht=Decimal(12_000),
                budget_source="กองทุนหมู่บ้าน",
                due_on=self.today + timedelta(days=60),
                id=kept.get(2),
            ),
        ]
        if changed:
            steps.append(
                StepInput(
                    text="เปิดแผงขนมหน้าโรงเรียน", dimension=Dimension.INCOME, responsible="ลูกสาว", due_on=soon
                )
            )
        return steps

    def _running(self, row: CohortState) -> None:
        """One step done, one late, and help given that may have done another."""
        plan = self._write(row, self.mentor, 25)
        self._approve(plan, 23)
        steps = list(plan.steps.all())
        done = self.today - timedelta(days=7)
        complete_step(actor=acting(self.mentor, done), step_id=steps[2].pk, done_on=done)
        record_help(
            actor=acting(self.mentor, done),
            help=HelpInput(
                id=uuid4(),
                household_id=row.household_id,
                item_id=self.item.pk,
                given_on=done,
                agency_name="สำนักงานพัฒนาชุมชนอำเภอ",
                amount_baht=Decimal(2_500),
            ),
        )

    def _approve(self, plan: HouseholdPlan, days_ago: int) -> None:
        on = self.today - timedelta(days=days_ago)
        approve_plans(actor=acting(self.officer, on), plan_ids=[plan.pk], approved_on=on)

    def _return(self, plan: HouseholdPlan, days_ago: int, note: str) -> None:
        on = self.today - timedelta(days=days_ago)
        return_plan(actor=acting(self.officer, on), plan_id=plan.pk, note=note)

    # ---------------------------------------------------------------------------------------------- care

    def care(self, rows: Sequence[CohortState]) -> None:
        """Two are held, one of them soon to be reviewed; two wait, one of them the officer's own."""
        grounds = (
            ("bedridden", "ยายอายุ 84 ติดเตียงหลังหกล้ม มี อสม. มาทุกสัปดาห์", self._second()),
            ("disabled", "หัวหน้าครัวเรือนตาบอดสองข้าง ไม่มีผู้ดูแลประจำ", self._second()),
            ("chronic", "ป่วยจิตเวช ขาดยาบ่อย อยู่กับพี่สาวสูงอายุ", self._second()),
            ("no_worker", "มีแต่ยายกับหลานวัยประถมสองคน", self.officer),
            ("elderly", "อยู่คนเดียว ลูกไปทำงานต่างจังหวัด", self._second()),
        )
        needy = [row for row in rows if row.baseline & ~row.recovered]
        for number, (row, (ground, reason, by)) in enumerate(zip(needy, grounds, strict=False)):
            proposed = self.today - timedelta(days=20 - number)
            offered = dimensions_open_to_care(row.household_id, self.today)
            care = propose_care(
                actor=acting(by, proposed),
                household_id=row.household_id,
                dimension=offered[-1],
                ground=ground,
                reason=reason,
                proposed_on=proposed,
            )
            self._decide(care.pk, number)

    def _second(self) -> Appointment:
        return self.second or self.officer

    def _decide(self, care_id: UUID, number: int) -> None:
        met = self.today - timedelta(days=10)
        actor = acting(self.officer, met)
        if number < 2 and self.second:
            review = self.today + timedelta(days=21) if number == 0 else None
            decide_care(
                actor=actor,
                care_id=care_id,
                accept=True,
                minutes_number=f"{met.month}/{met.year + 543}",
                approved_on=met,
                review_on=review,
            )
        elif number == 4 and self.second:
            decide_care(actor=actor, care_id=care_id, accept=False, note="ลูกรับว่าจะกลับมาดูแล ขอให้ติดตามก่อน")
