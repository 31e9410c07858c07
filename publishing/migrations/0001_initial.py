import django.core.serializers.json
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import DatabaseError, migrations, models, transaction
from django.utils import timezone

import publishing.claims.language
import publishing.models.image
import publishing.models.site_settings
from publishing.richtext import RichTextField

# Fields that several models have.
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
SOURCE_TYPE = models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype")
RECORD_TYPE = models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype")
AUTHOR = models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)


SQLITE = """
    CREATE VIRTUAL TABLE publishing_searchindex USING fts5(
        title, names, summary, body, keys, tokenize = "unicode61 remove_diacritics 0", prefix = '3'
    )
"""
POSTGRESQL = [
    "ALTER TABLE publishing_searchentry ADD COLUMN vector tsvector, ADD COLUMN head tsvector",
    # Without a list of pending rows, which every search would read: entries are read far more often than written.
    "CREATE INDEX search_entry_vector ON publishing_searchentry USING gin (vector) WITH (fastupdate = off)",
    "CREATE INDEX search_entry_head ON publishing_searchentry USING gin (head) WITH (fastupdate = off)",
]
TRIGRAMS = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # On an expression, since pg_trgm also answers "=": without statistics, as on a new site, PostgreSQL would look up
    # hundreds of whole words by their trigrams, which takes seconds.
    "CREATE INDEX search_word_trigrams ON publishing_searchword USING gin ((word || '') gin_trgm_ops)",
]


def create_search_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)
    elif schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        create_trigrams(schema_editor)


def create_trigrams(schema_editor):
    """Search proposes fewer corrections where the database's owner may not create the extension."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            for statement in TRIGRAMS:
                schema_editor.execute(statement)
    except DatabaseError as error:
        print(f"\n    Without pg_trgm, search proposes less: {error}")


def drop_search_index(apps, schema_editor):
    # On PostgreSQL it is dropped with its table.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE publishing_searchindex")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Image",
            fields=[
                ("id", ID),
                (
                    "file",
                    publishing.models.image.PictureField(
                        height_field="height_px",
                        help_text="JPEG, PNG, WebP, GIF or AVIF, up to 15 MB.",
                        upload_to=publishing.models.image.content_path,
                        verbose_name="picture file",
                        width_field="width_px",
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture shows, for those who do not see it. One sentence.",
                        max_length=300,
                        verbose_name="text in place of the picture",
                    ),
                ),
                (
                    "is_decorative",
                    models.BooleanField(
                        default=False,
                        help_text="It says nothing that the text does not: it is passed over in reading.",
                        verbose_name="only decoration",
                    ),
                ),
                ("credit", models.CharField(blank=True, help_text="Who made it, under which licence.", max_length=200)),
                (
                    "focal_x",
                    models.PositiveSmallIntegerField(
                        default=50,
                        validators=[MinValueValidator(0), MaxValueValidator(100)],
                        verbose_name="focus from the left, %",
                    ),
                ),
                (
                    "focal_y",
                    models.PositiveSmallIntegerField(
                        default=50,
                        validators=[MinValueValidator(0), MaxValueValidator(100)],
                        verbose_name="focus from the top, %",
                    ),
                ),
                ("width_px", models.PositiveIntegerField(editable=False, null=True)),
                ("height_px", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "content_hash",
                    models.CharField(
                        db_index=True, editable=False, max_length=64, verbose_name="SHA-256 of the upload"
                    ),
                ),
                ("is_animated", models.BooleanField(default=False, editable=False)),
                (
                    "rendered",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Under which key its renditions lie; empty while none do.",
                        max_length=20,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_decorative", True), models.Q(("alt", ""), _negated=True), _connector="OR"
                        ),
                        name="image_has_alt_or_is_decorative",
                        violation_error_message="Say what the picture shows, or mark it as decoration.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("focal_x__lte", 100), ("focal_y__lte", 100)), name="image_focus_is_inside"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                ("id", ID),
                ("source_type", SOURCE_TYPE),
                ("source_id", models.PositiveBigIntegerField()),
                ("field", models.CharField(max_length=50)),
                (
                    "target_type",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"),
                ),
                ("target_id", models.PositiveBigIntegerField()),
                ("words", models.CharField(blank=True, max_length=200)),
                (
                    "fact",
                    models.CharField(
                        blank=True, help_text="Which fact of the target is cited; empty: itself.", max_length=50
                    ),
                ),
                (
                    "known",
                    models.JSONField(
                        help_text="What was known of the target, by fact, when somebody last stood by the text.",
                        null=True,
                    ),
                ),
                (
                    "sentence",
                    models.CharField(blank=True, help_text="The sentence or table row around it.", max_length=700),
                ),
                (
                    "table",
                    models.CharField(
                        blank=True, help_text="The caption of the comparison table around it.", max_length=700
                    ),
                ),
                (
                    "stale_from",
                    models.DateTimeField(
                        help_text="From when on something else is known of the target than `known`. Empty: not foreseeable.",
                        null=True,
                    ),
                ),
                (
                    "target_changed_at",
                    models.DateTimeField(
                        help_text="When the record that it mentions was last written. Empty: not since the text was.",
                        null=True,
                    ),
                ),
                (
                    "compare_at",
                    models.DateTimeField(
                        default=timezone.now,
                        help_text="When to compare `known` again. Empty: after the next change.",
                        null=True,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["source_type", "source_id"], name="reference_by_source"),
                    models.Index(fields=["target_type", "target_id"], name="reference_by_target"),
                    models.Index(
                        condition=models.Q(("stale_from__isnull", False)),
                        fields=["source_type", "source_id", "stale_from"],
                        name="reference_stale",
                    ),
                    models.Index(
                        condition=models.Q(("compare_at__isnull", False)),
                        fields=["target_type", "target_id"],
                        name="reference_due",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", ID),
                ("record_type", RECORD_TYPE),
                ("record_id", models.PositiveBigIntegerField()),
                ("content", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                        ],
                        help_text="Of the record, or of the draft over its page.",
                        max_length=10,
                    ),
                ),
                (
                    "act",
                    models.CharField(
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
                ("author", AUTHOR),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it was published although pre-flight said no.", max_length=300
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name="+", to="publishing.revision"),
                ),
                (
                    "sitting",
                    models.CharField(
                        blank=True, help_text="The opening of a form in which it was written.", max_length=36
                    ),
                ),
                (
                    "step",
                    models.PositiveIntegerField(
                        default=0, help_text="Counts the saves of a sitting; 0 where nobody counted."
                    ),
                ),
                (
                    "is_autosave",
                    models.BooleanField(default=False, help_text="The last that its sitting saved by itself."),
                ),
                (
                    "is_aside",
                    models.BooleanField(default=False, help_text="Written from a form that had become stale."),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "applied_at",
                    models.DateTimeField(help_text="When the row took it over; empty while it is a draft.", null=True),
                ),
                ("go_live_at", models.DateTimeField(db_index=True, null=True)),
                (
                    "problem",
                    models.CharField(blank=True, help_text="Why it could not go live at its moment.", max_length=500),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["record_type", "record_id", "-id"], name="revision_by_record")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_at", None), ("go_live_at__isnull", False), ("problem", "")),
                        fields=("record_type", "record_id"),
                        name="revision_one_update_waits",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_autosave", True)),
                        fields=("author", "sitting"),
                        name="revision_one_autosave_of_a_sitting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteSettings",
            fields=[
                ("id", ID),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="Of the company, as it stands at the top of every page.", max_length=60
                    ),
                ),
                (
                    "tagline",
                    models.CharField(
                        blank=True,
                        help_text="What the company does, in one line: for the footer and search engines.",
                        max_length=160,
                    ),
                ),
                (
                    "logo",
                    models.ForeignKey(
                        blank=True,
                        help_text="Stands before the name, 32 pixels high. Empty: the site's own mark.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to="publishing.image",
                    ),
                ),
                (
                    "share_image",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown where a page without a picture of its own is shared, 1200 × 630 pixels.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to="publishing.image",
                    ),
                ),
                (
                    "front_title",
                    models.CharField(blank=True, max_length=120, verbose_name="headline of the front page"),
                ),
                ("front_text", models.TextField(blank=True, max_length=600, verbose_name="words below the headline")),
                (
                    "call_title",
                    models.CharField(
                        blank=True,
                        help_text="The heading at the end of each page.",
                        max_length=120,
                        verbose_name="call to write to you",
                    ),
                ),
                ("call_text", models.TextField(blank=True, max_length=400, verbose_name="words below it")),
                ("call_label", models.CharField(blank=True, max_length=40, verbose_name="words on its button")),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="For readers who prefer mail to the form.",
                        max_length=254,
                        verbose_name="mail address",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[
                            RegexValidator(
                                "\\A[+0-9][0-9 ()/.-]*\\Z", "Write the number with digits, as +44 20 7946 0000."
                            )
                        ],
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(blank=True, help_text="As on an envelope, in lines.", max_length=300),
                ),
                (
                    "legal_name",
                    models.CharField(
                        blank=True, help_text="As it stands in the register of companies.", max_length=120
                    ),
                ),
                (
                    "imprint",
                    RichTextField(
                        blank=True,
                        help_text="Who is answerable for the site, as the law of your country asks. Has a page: /imprint/.",
                    ),
                ),
                ("footer_text", models.TextField(blank=True, max_length=300, verbose_name="words in the footer")),
                (
                    "enquiry_recipients",
                    models.TextField(
                        blank=True,
                        help_text="Mail addresses, one on each line. Empty: nobody is mailed; enquiries wait in the admin.",
                        validators=[publishing.models.site_settings.validate_mail_addresses],
                        verbose_name="who gets the enquiries",
                    ),
                ),
                (
                    "menus",
                    models.JSONField(
                        editable=False,
                        help_text="What `menus_now` returned after the last write. Empty: not stored yet.",
                        null=True,
                    ),
                ),
                (
                    "next_update_at",
                    models.DateTimeField(
                        editable=False, help_text="When the next scheduled update of a text is to go live.", null=True
                    ),
                ),
                ("last_changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "site and company",
                "verbose_name_plural": "site and company",
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="site_settings_are_one")],
            },
        ),
        migrations.CreateModel(
            name="SiteLink",
            fields=[
                ("id", ID),
                (
                    "site",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="links", to="publishing.sitesettings"),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("navigation", "Navigation, at the top"),
                            ("footer", "Footer"),
                            ("social", "Profiles elsewhere"),
                        ],
                        max_length=10,
                    ),
                ),
                ("label", models.CharField(max_length=40)),
                (
                    "address",
                    models.CharField(
                        help_text="/about/ for a page of this site, https://… for another.",
                        max_length=300,
                        validators=[
                            RegexValidator(
                                "\\A(?:/(?!/)[^\\s\\\\]*|https?://[^\\s\\\\]+|mailto:[^\\s\\\\]+)\\Z",
                                "Write /about/ for a page of this site, or https://… for another.",
                            )
                        ],
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="1 comes first.", verbose_name="order"),
                ),
            ],
            options={
                "verbose_name": "link",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("place__in", ["navigation", "footer", "social"])),
                        name="site_link_place_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TextSweep",
            fields=[
                ("id", ID),
                ("name", models.CharField(max_length=20, unique=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("table", models.CharField(blank=True, max_length=100)),
                ("last_pk", models.PositiveBigIntegerField(default=0)),
                ("is_done", models.BooleanField(default=False)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ClaimPattern",
            fields=[
                ("id", ID),
                (
                    "name",
                    models.CharField(help_text="Stands in reports beside what it finds.", max_length=60, unique=True),
                ),
                (
                    "phrases",
                    models.TextField(
                        max_length=6000, validators=[publishing.claims.language.checked], verbose_name="what it finds"
                    ),
                ),
                (
                    "exceptions",
                    models.TextField(
                        blank=True,
                        max_length=6000,
                        validators=[publishing.claims.language.checked],
                        verbose_name="what is none",
                    ),
                ),
                (
                    "explanation",
                    models.CharField(
                        blank=True,
                        help_text="One sentence for whoever comes upon such a claim before publishing, or on the list.",
                        max_length=200,
                        verbose_name="what to do",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="So many days after it was written or confirmed, a claim of this sort is to be confirmed again.",
                        validators=[MinValueValidator(1), MaxValueValidator(1826)],
                        verbose_name="look again after days",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Switched off, it finds nothing, and what it found is not listed.",
                        verbose_name="in use",
                    ),
                ),
            ],
            options={
                "verbose_name": "pattern of dated claims",
                "verbose_name_plural": "patterns of dated claims",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", ID),
                (
                    "source_type",
                    models.ForeignKey(
                        editable=False, on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("source_id", models.PositiveBigIntegerField(editable=False)),
                ("kind", models.CharField(editable=False, max_length=100)),
                ("field", models.CharField(editable=False, max_length=50)),
                (
                    "pattern",
                    models.ForeignKey(
                        editable=False, on_delete=models.CASCADE, related_name="claims", to="publishing.claimpattern"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=32)),
                ("words", models.CharField(editable=False, max_length=200)),
                ("sentence", models.CharField(editable=False, max_length=300)),
                ("written_on", models.DateField(editable=False)),
                ("confirmed_on", models.DateField(editable=False, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review_by",
                    models.DateField(
                        help_text="The day by which somebody should look whether it is still true.",
                        null=True,
                        verbose_name="confirm by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who looks after it. Empty: the owner of the text.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "dated claim",
                "ordering": ["review_by", "pk"],
                "default_permissions": ("view", "change"),
                "indexes": [models.Index(fields=["review_by", "id"], name="claim_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source_type", "source_id", "field", "pattern", "key"), name="claim_once_in_a_field"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", ID),
                ("record_type", RECORD_TYPE),
                ("record_id", models.PositiveBigIntegerField()),
                (
                    "revision",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="comments", to="publishing.revision"),
                ),
                ("author", AUTHOR),
                (
                    "addressee",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                ("made_at", models.DateTimeField(default=timezone.now)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["record_type", "record_id", "id"], name="comment_by_record")],
            },
        ),
        migrations.CreateModel(
            name="CompiledText",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("parts", models.TextField()),
                ("stored_at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="DismissedGap",
            fields=[
                ("id", ID),
                ("source", models.CharField(max_length=50)),
                ("key", models.CharField(max_length=200)),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("dismissed_at", models.DateTimeField(default=timezone.now)),
            ],
            options={
                "verbose_name": "gap",
                "default_permissions": ("view", "change"),
                "constraints": [models.UniqueConstraint(fields=("source", "key"), name="gap_dismissed_once")],
            },
        ),
        migrations.CreateModel(
            name="DueJob",
            fields=[
                ("id", ID),
                ("name", models.CharField(max_length=100, unique=True)),
                ("claimed_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="FruitlessSearch",
            fields=[
                ("id", ID),
                ("text", models.CharField(max_length=80)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField(default=1)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["day"], name="fruitless_search_by_day")],
                "constraints": [models.UniqueConstraint(fields=("text", "day"), name="fruitless_search_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", ID),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=models.CASCADE, related_name="invitation", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "inviter",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("sent_at", models.DateTimeField(default=timezone.now)),
                ("sendings", models.PositiveSmallIntegerField(default=1)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("mail_error", models.CharField(blank=True, max_length=300)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="MissingAddress",
            fields=[
                ("id", ID),
                ("path", models.CharField(max_length=300, unique=True, verbose_name="address")),
                (
                    "readers",
                    models.PositiveIntegerField(
                        default=0, help_text="Each reader counts once an hour.", verbose_name="asked for"
                    ),
                ),
                ("days", models.PositiveIntegerField(default=1, help_text="On how many days somebody asked.")),
                (
                    "came_from",
                    models.CharField(
                        blank=True,
                        help_text="The page that led there: a path of this site, or an address.",
                        max_length=300,
                    ),
                ),
                ("first_asked_at", models.DateTimeField(auto_now_add=True)),
                ("last_asked_at", models.DateTimeField(db_index=True)),
                ("dismissed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "address that leads nowhere",
                "verbose_name_plural": "addresses that lead nowhere",
                "ordering": ["-readers", "-last_asked_at"],
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="NameRule",
            fields=[
                ("id", ID),
                (
                    "words",
                    models.CharField(
                        help_text="Capital letters, spaces and hyphens make no difference.", max_length=200
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=200)),
                (
                    "rule",
                    models.CharField(
                        choices=[("ignore", "No name: ignore it"), ("proper", "Always a name, never an ordinary word")],
                        default="ignore",
                        max_length=10,
                    ),
                ),
                (
                    "source_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                ("source_id", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "rule for a name",
                "verbose_name_plural": "rules for names in texts",
                "ordering": ["key", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source_type", None)), fields=("key",), name="name_rule_everywhere"
                    ),
                    models.UniqueConstraint(fields=("source_type", "source_id", "key"), name="name_rule_of_source"),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="name_rule_has_letters"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NameMention",
            fields=[
                ("id", ID),
                ("source_type", SOURCE_TYPE),
                ("source_id", models.PositiveBigIntegerField()),
                (
                    "target_type",
                    models.ForeignKey(
                        null=True, on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("target_id", models.PositiveBigIntegerField(null=True)),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("linked", "linked"),
                            ("certain", "not linked"),
                            ("closed", "in a heading or a quotation"),
                            ("perhaps", "perhaps meant"),
                            ("unknown", "as a version that the catalogue does not have"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(max_length=200)),
                ("sentence", models.CharField(max_length=250)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["source_type", "source_id"], name="name_mention_by_source"),
                    models.Index(fields=["target_type", "target_id"], name="name_mention_by_target"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", ID),
                ("organisation", models.CharField(max_length=120, unique=True)),
                (
                    "contact_email",
                    models.EmailField(
                        help_text="Whom to tell before something of the API changes.",
                        max_length=254,
                        verbose_name="mail address",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="The partner never sees it.",
                        max_length=2000,
                        verbose_name="internal note",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["organisation"]},
        ),
        migrations.CreateModel(
            name="PartnerKey",
            fields=[
                (
                    "id",
                    models.CharField(editable=False, max_length=150, primary_key=True, serialize=False, unique=True),
                ),
                ("prefix", models.CharField(editable=False, max_length=8, unique=True)),
                ("hashed_key", models.CharField(editable=False, max_length=150)),
                ("created", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "name",
                    models.CharField(
                        default=None,
                        help_text="A free-form name for the API key. Need not be unique. 50 characters max.",
                        max_length=50,
                    ),
                ),
                (
                    "revoked",
                    models.BooleanField(
                        blank=True,
                        default=False,
                        help_text="If the API key is revoked, clients cannot use it anymore. (This cannot be undone.)",
                    ),
                ),
                (
                    "expiry_date",
                    models.DateTimeField(
                        blank=True,
                        help_text="Once API key expires, clients cannot use it anymore.",
                        null=True,
                        verbose_name="Expires",
                    ),
                ),
                ("partner", models.ForeignKey(on_delete=models.CASCADE, related_name="keys", to="publishing.partner")),
                (
                    "covers_browse",
                    models.BooleanField(
                        default=True,
                        help_text="Models, offerings, articles and the like.",
                        verbose_name="for lists and records",
                    ),
                ),
                (
                    "covers_feed",
                    models.BooleanField(
                        default=True, help_text="Changes, export and manifest.", verbose_name="for the feed"
                    ),
                ),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "key of a partner",
                "verbose_name_plural": "keys of partners",
                "ordering": ("-created",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("covers_browse", True), ("covers_feed", True), _connector="OR"),
                        name="publishing_partnerkey_covers_something",
                        violation_error_message="A key is for lists and records, for the feed, or for both.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", ID),
                ("user", models.ForeignKey(on_delete=models.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Redirect",
            fields=[
                ("id", ID),
                (
                    "path",
                    models.CharField(
                        help_text="From the first slash on, for example /articles/old/.",
                        max_length=500,
                        unique=True,
                        verbose_name="old address",
                    ),
                ),
                (
                    "target_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                ("target_id", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                (
                    "new_path",
                    models.CharField(
                        blank=True,
                        help_text="From the first slash on. Leave empty where the redirect follows a record by itself.",
                        max_length=500,
                        verbose_name="new address",
                    ),
                ),
                (
                    "is_gone",
                    models.BooleanField(
                        default=False,
                        help_text="Say that the page was removed on purpose.",
                        verbose_name="gone for good",
                    ),
                ),
                ("hits", models.PositiveIntegerField(default=0, editable=False)),
                ("last_hit_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_gone", True), ("new_path", ""), ("target_id", None)),
                            models.Q(("is_gone", False), ("new_path", ""), ("target_id__isnull", False)),
                            models.Q(
                                ("is_gone", False), ("target_id", None), models.Q(("new_path", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="redirect_has_one_answer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", ID),
                ("word", models.CharField(db_index=True, max_length=30)),
                ("initial", models.CharField(max_length=1)),
                ("length", models.PositiveSmallIntegerField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["initial", "length"], name="search_word_by_initial")],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", ID),
                ("source_type", SOURCE_TYPE),
                ("source_id", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=100)),
                ("visible_from", models.DateTimeField(null=True)),
                ("visible_until", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("visible_from__isnull", False)),
                        fields=["visible_from"],
                        name="search_entry_from",
                    ),
                    models.Index(
                        condition=models.Q(("visible_until__isnull", False)),
                        fields=["visible_until"],
                        name="search_entry_until",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source_type", "source_id"), name="search_entry_of_source")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="texts",
                        serialize=False,
                        to="publishing.searchentry",
                    ),
                ),
                ("title", models.TextField()),
                ("names", models.TextField()),
                ("keywords", models.TextField()),
                ("summary", models.TextField()),
                ("note", models.TextField()),
                ("body", models.TextField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                ("id", ID),
                ("record_type", RECORD_TYPE),
                ("record_id", models.PositiveBigIntegerField()),
                (
                    "revision",
                    models.ForeignKey(
                        help_text="The version to which it is pinned. Empty: it follows what is saved.",
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="share_links",
                        to="publishing.revision",
                    ),
                ),
                ("author", AUTHOR),
                ("made_at", models.DateTimeField(default=timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["record_type", "record_id"], name="share_link_by_record")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))), name="share_link_lasts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StarterRecord",
            fields=[
                ("id", ID),
                ("key", models.CharField(max_length=200, unique=True)),
                ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunPython(create_search_index, drop_search_index),
    ]
