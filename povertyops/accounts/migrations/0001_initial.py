import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import povertyops.common.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('phone', models.CharField(blank=True, error_messages={'unique': 'หมายเลขโทรศัพท์นี้เป็นของบัญชีอื่นแล้ว'}, max_length=10, null=True, unique=True, verbose_name='โทรศัพท์')),
                ('title', models.CharField(blank=True, max_length=40, verbose_name='คำนำหน้า')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='ต้องตั้งรหัสผ่านใหม่')),
                ('is_demo', models.BooleanField(default=False, verbose_name='บัญชีสาธิต')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'ผู้ใช้',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=povertyops.common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('mentor', 'พี่เลี้ยง'), ('team_member', 'ทีมปฏิบัติการตำบล'), ('team_leader', 'หัวหน้าทีมปฏิบัติการตำบล'), ('district_officer', 'เจ้าหน้าที่ ศจพ.อ.'), ('municipal_officer', 'เจ้าหน้าที่ ศจพ. เทศบาล'), ('provincial_secretary', 'ฝ่ายเลขานุการ คจพ.จ.'), ('executive', 'ผู้บริหาร'), ('national_viewer', 'ผู้ติดตามระดับประเทศ'), ('system_admin', 'ผู้ดูแลระบบ')], max_length=24, verbose_name='บทบาท')),
                ('order_number', models.CharField(max_length=60, verbose_name='คำสั่งเลขที่')),
                ('valid_from', models.DateField(verbose_name='ตั้งแต่วันที่')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='ถึงวันที่')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='areas.centre')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'คำสั่งแต่งตั้ง',
                'indexes': [models.Index(fields=['centre', 'role'], name='appointment_by_centre')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='appointment_ends_after_start', violation_error_message='วันสิ้นสุดต้องไม่ก่อนวันเริ่ม')],
            },
        ),
    ]
