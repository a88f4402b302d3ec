from django.conf import settings
from django.db import migrations, models


# Until now a plan was in force from the day it was agreed on.
BEFORE_APPROVAL = """
    UPDATE casework_householdplan SET approved_on = agreed_on, decided_at = recorded_at
    WHERE status IN ('active', 'replaced') AND approved_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0006_office_leads_on_the_centre"),
        ("households", "0004_field_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="cohortstate",
            name="in_care",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="continuingcare",
            name="ground",
            field=models.CharField(
                choices=[
                    ("bedridden", "ผู้ป่วยติดเตียงหรือช่วยเหลือตนเองไม่ได้"),
                    ("elderly", "ผู้สูงอายุอยู่ตามลำพัง ไม่มีผู้ดูแล"),
                    ("disabled", "พิการจนประกอบอาชีพไม่ได้"),
                    ("chronic", "เจ็บป่วยเรื้อรังหรือจิตเวช รักษาไม่หายขาด"),
                    ("no_worker", "ไม่มีสมาชิกวัยแรงงาน"),
                    ("other", "เหตุอื่น"),
                ],
                default="other",
                max_length=12,
                verbose_name="เหตุ",
            ),
        ),
        migrations.AddField(
            model_name="planstep",
            name="origin",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="continuingcare",
            name="reason",
            field=models.CharField(blank=True, max_length=1000, verbose_name="เหตุผล"),
        ),
        migrations.AlterField(
            model_name="householdplan",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "ร่าง"),
                    ("proposed", "รออำเภออนุมัติ"),
                    ("returned", "ส่งกลับให้แก้"),
                    ("active", "ใช้อยู่"),
                    ("replaced", "มีฉบับใหม่แล้ว"),
                ],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="continuingcare",
            index=models.Index(
                condition=models.Q(("decision", "accepted"), ("ended_on", None)),
                fields=["province_code", "review_on"],
                name="care_to_review",
            ),
        ),
        migrations.RunSQL(BEFORE_APPROVAL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="continuingcare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "accepted"), _negated=True),
                    models.Q(
                        ("approved_on__isnull", False),
                        ("decided_at__isnull", False),
                        ("review_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="care_accepted_is_dated",
                violation_error_message="การดูแลต่อเนื่องที่เห็นชอบแล้วต้องมีวันที่อนุมัติและวันทบทวน",
            ),
        ),
        migrations.AddConstraint(
            model_name="continuingcare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None), ("ended_on__gte", models.F("approved_on")), _connector="OR"
                ),
                name="care_ends_after_approval",
                violation_error_message="วันสิ้นสุดต้องไม่ก่อนวันที่อนุมัติ",
            ),
        ),
        migrations.AddConstraint(
            model_name="householdplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "active"), _negated=True),
                    models.Q(("approved_on__isnull", False), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="plan_active_is_approved",
                violation_error_message="แผนที่ใช้อยู่ต้องมีวันที่อนุมัติ",
            ),
        ),
        migrations.AddConstraint(
            model_name="householdplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "returned"), _negated=True),
                    models.Q(
                        models.Q(("decision_note", ""), _negated=True),
                        ("approved_on", None),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="plan_returned_says_why",
                violation_error_message="แผนที่ส่งกลับต้องบอกว่าให้แก้อะไร",
            ),
        ),
    ]
