import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


from publishing.roles import ADMINISTRATOR, CATALOGUE_MANAGER, EDITOR, grant


def grant_roles(apps, schema_editor):
    grant(apps, EDITOR, "admin", ["logentry"], ("view",))
    grant(apps, ADMINISTRATOR, "auth", ["user"], ("view", "add", "change"))
    grant(apps, ADMINISTRATOR, "auth", ["group"], ("view",))
    # What the two were granted before there were administrators.
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    theirs = Permission.objects.filter(group__name__in=[EDITOR, CATALOGUE_MANAGER])
    Group.objects.get(name=ADMINISTRATOR).permissions.add(*theirs)


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("publishing", "0010_autosave_and_share_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="revision",
            name="act",
            field=models.CharField(
                choices=[
                    ("save", "Saved"),
                    ("submit", "Submitted for review"),
                    ("withdraw", "Taken back to draft"),
                    ("return", "Given back with changes requested"),
                    ("publish", "Published"),
                    ("schedule", "Scheduled"),
                    ("unpublish", "Unpublished"),
                    ("archive", "Archived"),
                    ("restore", "An older version restored"),
                    ("found", "As it stood"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_id", models.PositiveBigIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("", "Comment"), ("changes", "Changes requested"), ("approved", "Approved")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "addressee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="publishing.revision"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sendings", models.PositiveSmallIntegerField(default=1)),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "inviter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitation",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mailed_at", models.DateTimeField(editable=False, null=True)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("mail_next_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("mail_error", models.CharField(editable=False, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted for review"),
                            ("commented", "Said in review"),
                            ("invited", "Invitation"),
                            ("reset", "New password"),
                        ],
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="publishing.comment",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="publishing.revision",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["record_type", "record_id", "id"], name="comment_by_record"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("mailed_at", None)), fields=["mail_next_at"], name="letter_that_waits"
            ),
        ),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
    ]
