import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0007_plans_in_force")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="resends",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resent_as",
                to="casework.referral",
                verbose_name="ส่งแทนเรื่องที่ถูกส่งคืน",
            ),
        )
    ]
