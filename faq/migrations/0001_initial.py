import datetime

import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Lower
from django.utils import timezone

from publishing.richtext import RichTextField

# Fields that several models have.
STATE_CHOICES = [("draft", "Draft"), ("in_review", "In review"), ("published", "Published"), ("archived", "Archived")]
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
SLUG = models.SlugField(
    blank=True,
    error_messages={"unique": "Another record has this address already, perhaps one in the trash."},
    help_text="The last part of the page's address. When it changes, the old address leads to the new one.",
    max_length=100,
    unique=True,
    verbose_name="address",
)
FIRST_PUBLISHED_AT = models.DateTimeField(blank=True, db_index=True, editable=False, null=True)
DELETED_AT = models.DateTimeField(blank=True, editable=False, null=True, verbose_name="in the trash since")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("publishing", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("state", models.CharField(choices=STATE_CHOICES, db_index=True, default="published", max_length=10)),
                ("name", models.CharField(max_length=100)),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="1 comes first.", verbose_name="order"),
                ),
            ],
            options={
                "verbose_name": "topic of questions",
                "verbose_name_plural": "topics of questions",
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="faq_topic_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("state", models.CharField(choices=STATE_CHOICES, db_index=True, default="draft", max_length=10)),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who looks after it.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review_by",
                    models.DateField(
                        blank=True, help_text="When somebody should read it again.", null=True, verbose_name="review by"
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave empty to publish at once. Readers see it from then on.",
                        null=True,
                        verbose_name="publish at",
                    ),
                ),
                (
                    "expire_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave empty to keep it. Readers no longer see it from then on.",
                        null=True,
                        verbose_name="take down at",
                    ),
                ),
                (
                    "public_from",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                deleted_at=None,
                                state="published",
                                then=django.db.models.functions.comparison.Coalesce(
                                    "publish_at",
                                    models.Value(datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                                ),
                            )
                        ),
                        output_field=models.DateTimeField(null=True),
                    ),
                ),
                (
                    "public_until",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "expire_at", models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                (
                    "meta_title",
                    models.CharField(
                        blank=True,
                        help_text="Up to 60 characters. Empty: the title.",
                        max_length=70,
                        verbose_name="title for search engines",
                    ),
                ),
                (
                    "meta_description",
                    models.CharField(
                        blank=True,
                        help_text="Up to 155 characters. Empty: the beginning of the text.",
                        max_length=200,
                        verbose_name="description for search engines",
                    ),
                ),
                (
                    "canonical_url",
                    models.URLField(
                        blank=True,
                        help_text="Only if this text appeared first on another site.",
                        verbose_name="original address",
                    ),
                ),
                (
                    "share_image",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown when somebody shares the page. Empty: the cover.",
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="publishing.image",
                    ),
                ),
                ("question", models.CharField(blank=True, help_text="As a reader would ask it.", max_length=250)),
                ("answer", RichTextField(blank=True, help_text="The first sentence should be the answer.")),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.PROTECT, related_name="questions", to="faq.topic"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Within its topic; 1 comes first.", verbose_name="order"
                    ),
                ),
                (
                    "facts_checked_on",
                    models.DateField(blank=True, help_text="When its facts were last checked.", null=True),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": ("add", "change", "delete", "view", "publish"),
                "indexes": [
                    models.Index(fields=["public_from"], name="faq_public_from"),
                    models.Index(fields=["review_by"], name="faq_review_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("publish_at", None),
                            ("expire_at", None),
                            ("expire_at__gt", models.F("publish_at")),
                            _connector="OR",
                        ),
                        name="faq_question_expires_after_publication",
                        violation_error_message="It cannot be taken down before it is published.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                models.Q(("question", ""), _negated=True),
                                models.Q(("slug", ""), _negated=True),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="faq_question_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True), ("topic__isnull", False), _connector="OR"
                        ),
                        name="faq_published_question_has_topic",
                        violation_error_message="Choose a topic before publishing; a draft can be saved without.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OtherWording",
            fields=[
                ("id", ID),
                (
                    "question",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="other_wordings", to="faq.question"),
                ),
                ("wording", models.CharField(max_length=250)),
                ("slug", models.SlugField(editable=False, max_length=100, unique=True)),
            ],
            options={
                "verbose_name": "other wording",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        Lower("wording"),
                        name="faq_other_wording_once",
                        violation_error_message="A question has this wording already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", ID),
                ("question", models.ForeignKey(on_delete=models.CASCADE, related_name="votes", to="faq.question")),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to="publishing.revision",
                        verbose_name="version",
                    ),
                ),
                ("is_helpful", models.BooleanField(verbose_name="helpful")),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("voted_at", models.DateTimeField(db_index=True, default=timezone.now, verbose_name="voted")),
            ],
            options={"ordering": ["-voted_at", "-pk"], "default_permissions": ("view", "delete")},
        ),
    ]
