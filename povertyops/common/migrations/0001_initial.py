import django.db.models.functions.datetime
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='DirtyMark',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('fiscal_year', models.SmallIntegerField()),
                ('area_code', models.CharField(db_collation='C', max_length=8)),
                ('centre_id', models.UUIDField(null=True)),
                ('marked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'พื้นที่ที่ต้องรวมยอดใหม่',
            },
        ),
        migrations.CreateModel(
            name='TaskLease',
            fields=[
                ('key', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('holder', models.UUIDField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'สิทธิ์ทำงานของตัวประมวลผล',
            },
        ),
        migrations.CreateModel(
            name='AccessEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user_id', models.BigIntegerField()),
                ('appointment_id', models.UUIDField(null=True)),
                ('kind', models.CharField(max_length=40)),
                ('object_type', models.CharField(max_length=40)),
                ('object_id', models.CharField(max_length=40)),
                ('household_id', models.UUIDField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('details', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'บันทึกการเข้าถึงข้อมูล',
                'indexes': [models.Index(fields=['household_id', '-id'], name='access_by_household'), models.Index(fields=['user_id', '-id'], name='access_by_user')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user_id', models.BigIntegerField(null=True)),
                ('appointment_id', models.UUIDField(null=True)),
                ('action', models.CharField(max_length=64)),
                ('object_type', models.CharField(max_length=40)),
                ('object_id', models.CharField(max_length=40)),
                ('household_id', models.UUIDField(null=True)),
                ('province_code', models.CharField(blank=True, db_collation='C', max_length=2)),
                ('changes', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'บันทึกการเปลี่ยนแปลง',
                'indexes': [models.Index(fields=['household_id', '-id'], name='audit_by_household'), models.Index(fields=['object_type', 'object_id'], name='audit_by_object')],
            },
        ),
    ]
