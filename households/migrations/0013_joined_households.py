from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0012_undo_by_two"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="joined",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="importhousehold",
            name="joined_to",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="importhousehold",
            name="alone",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="importrow",
            name="own_number",
            field=models.IntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="importhousehold",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("new", "ใหม่"),
                    ("joined", "รวมกับครัวเรือนอื่นแล้ว"),
                    ("known", "รู้จักแล้ว"),
                    ("changed", "ข้อมูลเปลี่ยน"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="importhousehold",
            index=models.Index(
                condition=models.Q(("joined_to__isnull", False)),
                fields=["batch", "joined_to"],
                name="import_household_joined",
            ),
        ),
    ]
