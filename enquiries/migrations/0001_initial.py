from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("project", "A project"),
                            ("question", "A question"),
                            ("correction", "A mistake on this site"),
                            ("api_key", "A key for the API"),
                            ("press", "Press"),
                            ("other", "Something else"),
                        ],
                        default="project",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("email", models.EmailField(max_length=254, verbose_name="mail address")),
                ("company", models.CharField(blank=True, max_length=120)),
                ("message", models.TextField(max_length=8000)),
                ("purpose", models.TextField(blank=True, max_length=1000, verbose_name="what the key is for")),
                ("volume", models.CharField(blank=True, max_length=120, verbose_name="expected volume")),
                ("came_from", models.CharField(blank=True, max_length=200, verbose_name="page it came from")),
                ("received_at", models.DateTimeField(db_index=True, default=timezone.now, verbose_name="received")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("in_progress", "In progress"),
                            ("answered", "Answered"),
                            ("closed", "Closed"),
                            ("suspected", "Suspected: looks like spam, nobody was mailed"),
                            ("spam", "Spam"),
                        ],
                        db_index=True,
                        default="new",
                        max_length=11,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who answers it.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="The writer never sees it.", max_length=4000, verbose_name="internal note"
                    ),
                ),
                ("last_changed_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("mailed_at", models.DateTimeField(editable=False, null=True)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("mail_next_at", models.DateTimeField(default=timezone.now, editable=False)),
                ("mail_error", models.CharField(editable=False, max_length=300)),
                ("repeat_key", models.CharField(editable=False, max_length=64, null=True, unique=True)),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "ordering": ["-received_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["project", "question", "correction", "api_key", "press", "other"])
                        ),
                        name="enquiry_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["new", "in_progress", "answered", "closed", "suspected", "spam"])
                        ),
                        name="enquiry_state_is_known",
                    ),
                ],
            },
        )
    ]
