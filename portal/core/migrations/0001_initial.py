import django.db.models.deletion
import django.db.models.functions.text
import portal.core.clock
import portal.core.first_tables
import portal.core.models.users
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        portal.core.first_tables.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                        ('display_name', models.CharField(max_length=120, verbose_name='name')),
                        ('job_title', models.CharField(blank=True, max_length=120, verbose_name='job title')),
                        ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=5, verbose_name='language')),
                        ('time_zone', models.CharField(default=portal.core.models.users.zone_of_new_accounts, max_length=50, verbose_name='time zone')),
                        ('theme', models.CharField(choices=[('auto', 'As my device'), ('light', 'Light'), ('dark', 'Dark')], default='auto', max_length=5, verbose_name='appearance')),
                        ('site', models.CharField(blank=True, max_length=80, verbose_name='site')),
                        ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='manager')),
                        ('is_active', models.BooleanField(default=True)),
                        ('is_service', models.BooleanField(default=False, help_text='A program, not a person: tokens only.')),
                        ('joined_at', models.DateTimeField(default=portal.core.clock.now)),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'ordering': ['display_name', 'id'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_account_per_email')],
                    },
                ),
                migrations.CreateModel(
                    name='ApiToken',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=portal.core.clock.now, editable=False)),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read and change')], default='read', max_length=10, verbose_name='what it may do')),
                        ('prefix', models.CharField(max_length=12)),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('expires_at', models.DateTimeField(verbose_name='expires')),
                        ('last_used_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-created_at', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='AuditEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.PositiveBigIntegerField(unique=True)),
                        ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                        ('actor_id', models.BigIntegerField(db_index=True, null=True)),
                        ('actor', models.CharField(max_length=150, verbose_name='who')),
                        ('verb', models.CharField(db_index=True, max_length=60, verbose_name='what')),
                        ('target_type', models.CharField(max_length=60)),
                        ('target_id', models.CharField(max_length=40)),
                        ('target', models.CharField(max_length=200, verbose_name='on what')),
                        ('details', models.JSONField(default=dict)),
                        ('previous_hash', models.CharField(max_length=64, unique=True)),
                        ('hash', models.CharField(max_length=64, unique=True)),
                    ],
                    options={
                        'ordering': ['-seq'],
                        'indexes': [models.Index(fields=['target_type', 'target_id', '-seq'], name='audit_target')],
                    },
                ),
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=portal.core.clock.now, editable=False)),
                        ('kind', models.CharField(max_length=40)),
                        ('payload', models.JSONField(default=dict)),
                        ('queue', models.CharField(choices=[('quick', 'Quick work'), ('ml', 'Model training')], default='quick', max_length=10)),
                        ('label', models.CharField(max_length=200, verbose_name='what')),
                        ('url', models.CharField(blank=True, max_length=300)),
                        ('state', models.CharField(choices=[('queued', 'Waiting for a worker'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                        ('token', models.UUIDField(blank=True, null=True)),
                        ('attempt', models.PositiveSmallIntegerField(default=0)),
                        ('max_attempts', models.PositiveSmallIntegerField(default=5)),
                        ('not_before', models.DateTimeField(blank=True, null=True)),
                        ('lease_until', models.DateTimeField(blank=True, null=True)),
                        ('started_at', models.DateTimeField(blank=True, null=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('percent', models.PositiveSmallIntegerField(default=0)),
                        ('step', models.CharField(blank=True, max_length=200)),
                        ('step_params', models.JSONField(default=dict)),
                        ('cancel_requested_at', models.DateTimeField(blank=True, null=True)),
                        ('error', models.CharField(blank=True, max_length=500)),
                        ('error_params', models.JSONField(default=dict)),
                        ('isolation', models.CharField(blank=True, max_length=20)),
                        ('result', models.JSONField(default=dict)),
                        ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-created_at', 'id'],
                        'indexes': [models.Index(fields=['queue', 'state', 'created_at'], name='job_claim')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_until__isnull', False), ('token__isnull', False)), _connector='OR'), name='running_job_is_leased')],
                    },
                ),
                migrations.CreateModel(
                    name='JobEffect',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='effect', to='core.job')),
                    ],
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=portal.core.clock.now, editable=False)),
                        ('text', models.CharField(max_length=300)),
                        ('params', models.JSONField(default=dict)),
                        ('url', models.CharField(blank=True, max_length=300)),
                        ('icon', models.CharField(default='bell', max_length=30)),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                        ('kind', models.CharField(choices=[('task', 'Something waits for you'), ('mention', 'Somebody mentions you'), ('comment', 'Comments and reactions'), ('decision', 'Decisions and phases'), ('squad', 'Squads'), ('other', 'Everything else')], default='other', max_length=10)),
                        ('digest_due', models.BooleanField(default=False)),
                        ('mail_due', models.BooleanField(default=True)),
                        ('mailed_at', models.DateTimeField(blank=True, null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-created_at', 'id'],
                        'indexes': [models.Index(fields=['user', 'read_at', '-created_at'], name='notice_reader')],
                    },
                ),
                migrations.CreateModel(
                    name='NoticePreference',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=portal.core.clock.now, editable=False)),
                        ('channels', models.JSONField(default=dict)),
                        ('digest_hour', models.PositiveSmallIntegerField(default=7, verbose_name='hour of the digest')),
                        ('digest_sent_on', models.DateField(blank=True, null=True)),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notice_preference', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('digest_hour__lte', 23)), name='digest_hour_of_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='OrgUnit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120, verbose_name='name')),
                        ('kind', models.CharField(choices=[('company', 'Company'), ('business_line', 'Business line'), ('team', 'Team')], max_length=20, verbose_name='kind')),
                        ('path', models.CharField(editable=False, max_length=200, unique=True)),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='core.orgunit')),
                    ],
                    options={
                        'ordering': ['path'],
                        'constraints': [models.UniqueConstraint(fields=('parent', 'name'), name='one_unit_per_name_and_parent')],
                    },
                ),
                migrations.AddField(
                    model_name='user',
                    name='unit',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='core.orgunit'),
                ),
                migrations.CreateModel(
                    name='Credential',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=portal.core.clock.now, editable=False)),
                        ('code', models.CharField(choices=[('usecase.own', 'Own a use case'), ('automl.launch', 'Launch an AutoML experiment'), ('model.approve', 'Review and approve models')], max_length=40, verbose_name='right')),
                        ('source', models.CharField(help_text='The certificate or decision it rests on.', max_length=200, verbose_name='earned by')),
                        ('valid_from', models.DateTimeField(verbose_name='valid from')),
                        ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_reason', models.CharField(blank=True, max_length=200)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-valid_from', 'id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='credential_ends_after_start'), models.UniqueConstraint(fields=('user', 'code', 'source'), name='one_credential_per_source')],
                    },
                ),
            ],
        ),
    ]
