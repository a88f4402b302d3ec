import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("households", "0011_joined_persons"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="undo_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="undo_approved_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="status",
            field=models.CharField(
                choices=[
                    ("received", "รับไฟล์แล้ว รออ่าน"),
                    ("reading", "กำลังตรวจไฟล์"),
                    ("unreadable", "อ่านไฟล์ไม่ได้"),
                    ("mapping", "รอจับคู่คอลัมน์"),
                    ("ready", "ตรวจแล้ว รอยืนยันนำเข้า"),
                    ("awaiting", "รอผู้อนุมัติคนที่สอง"),
                    ("requested", "รอนำเข้า"),
                    ("applying", "กำลังนำเข้า"),
                    ("applied", "นำเข้าแล้ว"),
                    ("expired", "หมดอายุ ยังไม่ได้นำเข้า"),
                    ("undo_waits", "รอผู้อนุมัติให้เลิก"),
                    ("undoing", "กำลังเลิกการนำเข้า"),
                    ("undone", "เลิกการนำเข้าแล้ว"),
                ],
                default="received",
                max_length=12,
                verbose_name="สถานะ",
            ),
        ),
    ]
