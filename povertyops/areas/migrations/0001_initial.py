import django.db.models.deletion
import povertyops.common.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AbolishedArea',
            fields=[
                ('code', models.CharField(db_collation='C', max_length=8, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('successors', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'รหัสพื้นที่ที่ยกเลิก',
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('code', models.CharField(db_collation='C', max_length=8, primary_key=True, serialize=False, verbose_name='รหัสพื้นที่')),
                ('level', models.SmallIntegerField(choices=[(0, 'ประเทศ'), (1, 'จังหวัด'), (2, 'อำเภอ'), (3, 'ตำบล'), (4, 'หมู่บ้าน/ชุมชน')], verbose_name='ระดับ')),
                ('name', models.CharField(max_length=120, verbose_name='ชื่อ')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='ชื่ออังกฤษ')),
                ('sort_key', models.CharField(db_collation='C', max_length=160)),
                ('is_current', models.BooleanField(default=True, verbose_name='ใช้อยู่')),
                ('other_names', models.JSONField(default=list, verbose_name='ชื่ออื่นที่พบในบัญชี')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='areas.area')),
            ],
            options={
                'verbose_name': 'พื้นที่',
            },
        ),
        migrations.CreateModel(
            name='Centre',
            fields=[
                ('id', models.UUIDField(default=povertyops.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('national', 'ศจพ. ส่วนกลาง'), ('province', 'ศจพ.จ.'), ('district', 'ศจพ.อ.'), ('city_municipality', 'ศจพ.ทน.'), ('town_municipality', 'ศจพ.ทม.'), ('subdistrict_team', 'ทีมปฏิบัติการตำบล'), ('mentor_team', 'ทีมพี่เลี้ยง')], max_length=20, verbose_name='ประเภท')),
                ('name', models.CharField(max_length=160, verbose_name='ชื่อศูนย์หรือทีม')),
                ('province_code', models.CharField(blank=True, db_collation='C', max_length=2, verbose_name='จังหวัด')),
                ('registrar_code', models.CharField(blank=True, max_length=4, verbose_name='รหัสสำนักทะเบียน')),
                ('is_active', models.BooleanField(default=True, verbose_name='ใช้งาน')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='areas.centre')),
            ],
            options={
                'verbose_name': 'ศูนย์',
            },
        ),
        migrations.CreateModel(
            name='CentreCoverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('extent', models.CharField(choices=[('full', 'ทั้งพื้นที่'), ('part', 'บางส่วน')], default='full', max_length=4)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coverage', to='areas.area')),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coverage', to='areas.centre')),
            ],
            options={
                'verbose_name': 'พื้นที่รับผิดชอบของศูนย์',
            },
        ),
        migrations.AddField(
            model_name='centre',
            name='areas',
            field=models.ManyToManyField(related_name='centres', through='areas.CentreCoverage', to='areas.area'),
        ),
        migrations.AddIndex(
            model_name='area',
            index=models.Index(fields=['parent', 'sort_key'], name='area_children'),
        ),
        migrations.AddConstraint(
            model_name='centrecoverage',
            constraint=models.UniqueConstraint(fields=('centre', 'area'), name='centre_area_once'),
        ),
        migrations.AddIndex(
            model_name='centre',
            index=models.Index(fields=['province_code', 'kind', 'name'], name='centre_by_province'),
        ),
        migrations.AddConstraint(
            model_name='centre',
            constraint=models.UniqueConstraint(fields=('kind', 'province_code', 'name', 'parent'), name='centre_name_unique', nulls_distinct=False, violation_error_message='มีศูนย์หรือทีมชื่อนี้อยู่แล้ว'),
        ),
        migrations.AddConstraint(
            model_name='centre',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'national'), models.Q(('province_code', ''), _negated=True), _connector='OR'), name='centre_has_province', violation_error_message='ศูนย์ต้องอยู่ในจังหวัดใดจังหวัดหนึ่ง'),
        ),
    ]
