import datetime

import django.db.models.functions.comparison
import taggit.managers
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import migrations, models
from django.db.models.functions import Lower

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
STATE = models.CharField(choices=STATE_CHOICES, db_index=True, default="published", max_length=10)
CALL_TITLE = models.CharField(
    blank=True,
    help_text="What the reader may need now, as a question or an offer.",
    max_length=120,
    verbose_name="heading",
)
CALL_TEXT = models.TextField(blank=True, max_length=400, verbose_name="words below it")
CALL_LABEL = models.CharField(
    blank=True, help_text="Says what happens.", max_length=40, verbose_name="words of the link"
)
CALL_ADDRESS = models.CharField(
    blank=True,
    help_text="Empty: to the contact form, which then says from which page the reader came.",
    max_length=300,
    validators=[
        RegexValidator(
            "\\A(?:/(?!/)[^\\s\\\\]*|https?://[^\\s\\\\]+|mailto:[^\\s\\\\]+)\\Z",
            "Write /services/ for a page of this site, or https://… for another.",
        )
    ],
    verbose_name="where it leads",
)
POSITION = models.PositiveSmallIntegerField(default=0, help_text="1 comes first.", verbose_name="order")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("faq", "0001_initial"),
        ("publishing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Author",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("state", STATE),
                ("name", models.CharField(max_length=150)),
                ("role", models.CharField(blank=True, help_text="What they do here, in a few words.", max_length=150)),
                ("biography", RichTextField(blank=True)),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="publishing.image"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="articles_author_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("call_title", CALL_TITLE),
                ("call_text", CALL_TEXT),
                ("call_label", CALL_LABEL),
                ("call_address", CALL_ADDRESS),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("state", STATE),
                (
                    "introduction",
                    RichTextField(
                        blank=True, help_text="What a reader finds under this topic. Stands above its articles."
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        Lower("name"),
                        name="articles_topic_name_any_case",
                        violation_error_message="There is one of this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="articles_topic_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("state", models.CharField(choices=STATE_CHOICES, db_index=True, default="draft", max_length=10)),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("call_title", CALL_TITLE),
                ("call_text", CALL_TEXT),
                ("call_label", CALL_LABEL),
                ("call_address", CALL_ADDRESS),
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "Article"),
                            ("service", "Service"),
                            ("case_study", "Case study"),
                            ("page", "Page"),
                        ],
                        db_index=True,
                        default="article",
                        help_text="Decides where it stands on the site; its address changes with it.",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "standfirst",
                    models.TextField(
                        blank=True,
                        help_text="Two or three sentences under the title: what the reader gets from it.",
                        max_length=400,
                    ),
                ),
                ("body", RichTextField(blank=True)),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="publishing.image"
                    ),
                ),
                (
                    "cover_alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture says here to those who do not see it. Empty: the picture's own text is read.",
                        max_length=300,
                        verbose_name="text in place of the cover",
                    ),
                ),
                (
                    "facts_checked_on",
                    models.DateField(
                        blank=True,
                        help_text="When its facts were last checked against their sources. Readers see the date.",
                        null=True,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": ("add", "change", "delete", "view", "publish"),
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.OrderBy(models.F("first_published_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        models.F("public_from"),
                        models.F("public_until"),
                        name="articles_listed",
                    ),
                    models.Index(fields=["public_from"], name="articles_public_from"),
                    models.Index(fields=["review_by"], name="articles_review_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("publish_at", None),
                            ("expire_at", None),
                            ("expire_at__gt", models.F("publish_at")),
                            _connector="OR",
                        ),
                        name="articles_article_expires_after_publication",
                        violation_error_message="It cannot be taken down before it is published.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                models.Q(("title", ""), _negated=True),
                                models.Q(("slug", ""), _negated=True),
                                models.Q(("standfirst", ""), _negated=True),
                                models.Q(("body", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="articles_article_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleAuthor",
            fields=[
                ("id", ID),
                ("position", POSITION),
                (
                    "article",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="author_links", to="articles.article"),
                ),
                (
                    "author",
                    models.ForeignKey(on_delete=models.PROTECT, related_name="article_links", to="articles.author"),
                ),
            ],
            options={
                "verbose_name": "author of the article",
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("article", "author"), name="article_author_once")],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="authors",
            field=models.ManyToManyField(
                blank=True, related_name="articles", through="articles.ArticleAuthor", to="articles.author"
            ),
        ),
        migrations.CreateModel(
            name="ReadAlso",
            fields=[
                ("id", ID),
                ("position", POSITION),
                (
                    "article",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="read_also_links", to="articles.article"),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="recommended_by_links",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
            ],
            options={
                "verbose_name": "article to read also",
                "verbose_name_plural": "articles to read also",
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("article", "other"), name="read_also_once"),
                    models.CheckConstraint(
                        condition=models.Q(("article", models.F("other")), _negated=True),
                        name="read_also_is_another",
                        violation_error_message="An article cannot recommend itself.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="read_also",
            field=models.ManyToManyField(blank=True, through="articles.ReadAlso", to="articles.article"),
        ),
        migrations.CreateModel(
            name="Detail",
            fields=[
                ("id", ID),
                ("position", POSITION),
                ("article", models.ForeignKey(on_delete=models.CASCADE, related_name="details", to="articles.article")),
                ("label", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=500)),
            ],
            options={"verbose_name": "detail", "ordering": ["position", "pk"], "abstract": False},
        ),
        migrations.CreateModel(
            name="PlacedQuestion",
            fields=[
                ("id", ID),
                ("position", POSITION),
                (
                    "article",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="question_links", to="articles.article"),
                ),
                (
                    "question",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="article_links", to="faq.question"),
                ),
            ],
            options={
                "verbose_name": "question shown in the article",
                "verbose_name_plural": "questions shown in the article",
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("article", "question"), name="placed_question_once")],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="questions",
            field=models.ManyToManyField(
                blank=True, related_name="articles", through="articles.PlacedQuestion", to="faq.question"
            ),
        ),
        migrations.CreateModel(
            name="ArticleTopic",
            fields=[
                ("id", ID),
                ("tag", models.ForeignKey(on_delete=models.CASCADE, related_name="article_links", to="articles.topic")),
                (
                    "content_object",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="topic_links", to="articles.article"),
                ),
            ],
            options={
                "verbose_name": "topic of the article",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("content_object", "tag"), name="articles_articletopic_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="topics",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="What the article is about.",
                through="articles.ArticleTopic",
                to="articles.Topic",
                verbose_name="topics",
            ),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": ("add", "change", "delete", "view", "publish"),
                "indexes": [],
                "constraints": [],
            },
            bases=("articles.article",),
        ),
        migrations.CreateModel(
            name="CaseStudy",
            fields=[],
            options={
                "verbose_name": "case study",
                "verbose_name_plural": "case studies",
                "proxy": True,
                "default_permissions": ("add", "change", "delete", "view", "publish"),
                "indexes": [],
                "constraints": [],
            },
            bases=("articles.article",),
        ),
        migrations.CreateModel(
            name="Page",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": ("add", "change", "delete", "view", "publish"),
                "indexes": [],
                "constraints": [],
            },
            bases=("articles.article",),
        ),
        migrations.CreateModel(
            name="RelatedArticle",
            fields=[
                ("id", ID),
                (
                    "article",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="related_rows", to="articles.article"),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="related_from_rows", to="articles.article"
                    ),
                ),
                ("in_common", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("article", "other"), name="related_article_once")],
            },
        ),
    ]
