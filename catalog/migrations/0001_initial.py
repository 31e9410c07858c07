import uuid

import taggit.managers
from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import migrations, models
from django.db.models.functions import Lower

from catalog.rules.partial_dates import PartialDateField
from publishing.richtext import RichTextField

# Fields that several models have.
STATE_CHOICES = [("draft", "Draft"), ("in_review", "In review"), ("published", "Published"), ("archived", "Archived")]
KIND_CHOICES = [("provider", "Provider"), ("model", "Model"), ("offering", "Offering")]
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
EXTRA = models.JSONField(blank=True, default=dict, editable=False, verbose_name="more from imports")
FEED = models.CharField(choices=[("models_dev", "models.dev"), ("litellm", "LiteLLM")], max_length=20)
RECORD_TYPE = models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="contenttypes.contenttype")
INPUT_PRICE = models.DecimalField(
    decimal_places=9, help_text="USD per million tokens. Null: unknown.", max_digits=25, null=True
)
OUTPUT_PRICE = models.DecimalField(
    decimal_places=9, help_text="USD per million tokens. Null: unknown.", max_digits=25, null=True
)
MAX_INPUT_TOKENS = models.PositiveBigIntegerField(
    blank=True, null=True, validators=[MaxValueValidator(9007199254740991)], verbose_name="longest input, tokens"
)
MAX_OUTPUT_TOKENS = models.PositiveBigIntegerField(
    blank=True, null=True, validators=[MaxValueValidator(9007199254740991)], verbose_name="longest output, tokens"
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("publishing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Vendor",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("state", STATE),
                ("website", models.URLField(blank=True)),
                ("country", models.CharField(blank=True, help_text="Where it is based.", max_length=100)),
                (
                    "description",
                    RichTextField(blank=True, help_text="Who they are, in a few sentences; date what may change."),
                ),
                (
                    "logo",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.PROTECT, related_name="+", to="publishing.image"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        Lower("name"),
                        name="catalog_vendor_name_any_case",
                        violation_error_message="There is one of this name already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Modality",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("state", STATE),
                (
                    "code",
                    models.SlugField(
                        blank=True,
                        editable=False,
                        help_text="The word for it in data: the first address, which stays when name and address change.",
                        max_length=200,
                    ),
                ),
                (
                    "description",
                    models.CharField(blank=True, help_text="What counts as this, in one sentence.", max_length=300),
                ),
            ],
            options={
                "verbose_name_plural": "modalities",
                "ordering": ["name"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        Lower("name"),
                        name="catalog_modality_name_any_case",
                        violation_error_message="There is one of this name already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("code",),
                        name="catalog_modality_code_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Family",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("state", STATE),
                ("name", models.CharField(max_length=200)),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.PROTECT, related_name="families", to="catalog.vendor"
                    ),
                ),
                ("summary", models.CharField(blank=True, help_text="One or two sentences.", max_length=500)),
                (
                    "body",
                    RichTextField(blank=True, help_text="How the series developed, with dates.", verbose_name="text"),
                ),
            ],
            options={
                "verbose_name_plural": "families",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="catalog_family_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("state", STATE),
                ("name", models.CharField(max_length=200)),
                (
                    "summary",
                    models.CharField(
                        blank=True, help_text="What kind of service it is, in one sentence.", max_length=500
                    ),
                ),
                ("website", models.URLField(blank=True)),
                (
                    "api_base",
                    models.CharField(
                        blank=True,
                        help_text="What the customer fills in is written as ${NAME}.",
                        max_length=300,
                        validators=[
                            RegexValidator(
                                "\\A(https?://|\\$\\{[A-Z0-9_]+\\})[^\\s]+\\Z",
                                "Begin with https:// or, for one's own machine, http://.",
                            )
                        ],
                        verbose_name="address of the API",
                    ),
                ),
                ("docs_url", models.URLField(blank=True, verbose_name="documentation")),
                ("terms_url", models.URLField(blank=True, verbose_name="terms of use")),
                ("status_url", models.URLField(blank=True, verbose_name="status page")),
                ("extra", EXTRA),
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
                        name="catalog_provider_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("api_base", ""),
                            ("api_base__regex", "\\A(https?://|\\$\\{[A-Z0-9_]+\\})[^\\s]+\\Z"),
                            _connector="OR",
                        ),
                        name="catalog_provider_api_base_is_an_address",
                        violation_error_message="Begin the address of the API with https:// or http://.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", ID),
                ("title", models.CharField(max_length=300)),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("publisher", models.CharField(blank=True, max_length=200)),
                ("read_on", models.DateField()),
                (
                    "note",
                    models.CharField(blank=True, help_text="For example: quotes the maker's page.", max_length=300),
                ),
                (
                    "licence",
                    models.CharField(
                        blank=True,
                        help_text="The SPDX identifier of its licence, such as MIT or CC-BY-4.0. Empty: unknown.",
                        max_length=100,
                    ),
                ),
                (
                    "feed",
                    models.CharField(
                        blank=True,
                        choices=[("models_dev", "models.dev"), ("litellm", "LiteLLM")],
                        editable=False,
                        help_text="The collection that imports read; its day is that of the last one.",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["title", "-read_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("title", "url", "read_on"),
                        name="catalog_source_once_a_day",
                        violation_error_message="This page is on record for this day already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("feed", ""), _negated=True),
                        fields=("feed",),
                        name="catalog_source_once_for_a_feed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("feed__in", ["models_dev", "litellm", ""])),
                        name="catalog_source_feed_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedState",
            fields=[
                ("id", ID),
                (
                    "epoch",
                    models.CharField(help_text="Of the database: cursors of another one are refused.", max_length=32),
                ),
                ("head", models.BigIntegerField(default=0, help_text="The highest number that was given.")),
                (
                    "horizon",
                    models.BigIntegerField(
                        default=0, help_text="The highest number of a tombstone that was thrown away."
                    ),
                ),
                ("schema", models.PositiveIntegerField(help_text="Of the documents that are stored.")),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="catalog_feedstate_is_one")],
            },
        ),
        migrations.CreateModel(
            name="FeedEntry",
            fields=[
                ("id", ID),
                ("type", models.CharField(max_length=10)),
                ("object_id", models.CharField(help_text="By which partners know the record.", max_length=36)),
                ("row_id", models.BigIntegerField(help_text="The primary key that the record has or had.")),
                ("seq", models.BigIntegerField(unique=True)),
                ("is_deleted", models.BooleanField(default=False)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[("unpublished", "Unpublished"), ("deleted", "Deleted"), ("merged", "Merged")],
                        max_length=11,
                    ),
                ),
                ("merged_into", models.CharField(blank=True, max_length=36)),
                ("hash", models.CharField(blank=True, max_length=64)),
                ("body", models.TextField(blank=True, help_text="The document, in canonical JSON.")),
                ("stamped_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["type", "seq"], name="catalog_feed_of_type"),
                    models.Index(fields=["type", "row_id"], name="catalog_feed_by_row"),
                    models.Index(
                        condition=models.Q(("is_deleted", True)), fields=["stamped_at"], name="catalog_feed_tombstones"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("type", "object_id"), name="catalog_feedentry_once")],
            },
        ),
        migrations.CreateModel(
            name="FeedMark",
            fields=[("id", ID), ("kind", models.CharField(max_length=16)), ("key", models.BigIntegerField())],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", ID),
                ("feed", FEED),
                ("address", models.CharField(help_text="The file or address that was read.", max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("done", "Done"),
                            ("tried", "Tried out, nothing written"),
                            ("held", "Held for review"),
                            ("applying", "Being applied"),
                            ("superseded", "Superseded by a later one"),
                            ("interrupted", "Interrupted"),
                            ("failed", "Failed"),
                        ],
                        default="running",
                        max_length=20,
                    ),
                ),
                ("data_on", models.DateField(null=True, verbose_name="state of the data")),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                (
                    "report",
                    models.JSONField(
                        default=list, help_text="What was refused, kept or not matched: place and reason."
                    ),
                ),
                (
                    "applied_by",
                    models.ForeignKey(
                        help_text="Who asked for all of it to be applied.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="applied by",
                    ),
                ),
                ("applying_at", models.DateTimeField(help_text="When the worker last went on applying it.", null=True)),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-started_at", "-pk"],
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("feed__in", ["models_dev", "litellm"])),
                        name="catalog_importrun_feed_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["running", "done", "tried", "held", "applying", "superseded", "interrupted", "failed"],
                            )
                        ),
                        name="catalog_importrun_state_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedRecord",
            fields=[
                ("id", ID),
                ("feed", FEED),
                ("kind", models.CharField(choices=KIND_CHOICES, max_length=10)),
                ("key", models.CharField(help_text="Exactly as the feed writes it.", max_length=300)),
                ("record_type", RECORD_TYPE),
                ("record_id", models.PositiveBigIntegerField()),
                (
                    "is_created",
                    models.BooleanField(
                        default=False, help_text="The import made our record; else it was there before."
                    ),
                ),
                (
                    "authored",
                    models.JSONField(
                        default=dict,
                        help_text="By path, what the feed says where ours says otherwise, and what ours said then.",
                    ),
                ),
                ("gone_on", models.DateField(help_text="Since when the feed has it no more.", null=True)),
                (
                    "is_merged",
                    models.BooleanField(
                        default=False,
                        help_text="Ours stands for another record of the feed too, which is the one that is followed.",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["record_type", "record_id"], name="catalog_imported_by_record")],
                "constraints": [
                    models.UniqueConstraint(fields=("feed", "kind", "key"), name="catalog_importedrecord_once"),
                    models.CheckConstraint(
                        condition=models.Q(("feed__in", ["models_dev", "litellm"])),
                        name="catalog_importedrecord_feed_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["provider", "model", "offering"])),
                        name="catalog_importedrecord_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldRecord",
            fields=[
                ("id", ID),
                ("run", models.ForeignKey(on_delete=models.CASCADE, related_name="held", to="catalog.importrun")),
                ("kind", models.CharField(choices=KIND_CHOICES, max_length=10)),
                ("key", models.CharField(max_length=300)),
                (
                    "data",
                    models.JSONField(help_text="The feed's record; null where the feed has it no more.", null=True),
                ),
                ("differences", models.JSONField(default=list)),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "applied_by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name": "held difference",
                "ordering": ["pk"],
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.UniqueConstraint(fields=("run", "kind", "key"), name="catalog_heldrecord_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["provider", "model", "offering"])),
                        name="catalog_heldrecord_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                ("id", ID),
                ("record_type", RECORD_TYPE),
                ("record_id", models.PositiveBigIntegerField()),
                ("record_name", models.CharField(max_length=300, verbose_name="record")),
                ("part", models.CharField(blank=True, max_length=30)),
                ("part_id", models.PositiveBigIntegerField(null=True)),
                (
                    "action",
                    models.CharField(
                        choices=[("added", "Added"), ("changed", "Changed"), ("deleted", "Deleted")],
                        default="changed",
                        max_length=10,
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=50)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by whom",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="changes",
                        to="catalog.importrun",
                        verbose_name="by which import",
                    ),
                ),
                (
                    "batch",
                    models.UUIDField(
                        db_index=True,
                        help_text="What one action changed can be taken back at once.",
                        null=True,
                        verbose_name="made together with",
                    ),
                ),
                ("holds", models.BooleanField(default=False, verbose_name="kept from imports")),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "ordering": ["-at", "-pk"],
                "default_permissions": ("view", "change"),
                "indexes": [models.Index(fields=["record_type", "record_id"], name="catalog_change_of_record")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["added", "changed", "deleted"])),
                        name="catalog_fieldchange_action_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("part", ""), ("part_id", None)),
                            models.Q(models.Q(("part", ""), _negated=True), ("part_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="catalog_fieldchange_part_has_a_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "changed"), models.Q(("field", ""), _negated=True)),
                            models.Q(models.Q(("action", "changed"), _negated=True), ("field", "")),
                            _connector="OR",
                        ),
                        name="catalog_fieldchange_field_or_whole_row",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergedRecord",
            fields=[
                ("id", ID),
                ("record_type", RECORD_TYPE),
                ("record_id", models.PositiveBigIntegerField(help_text="The key that the duplicate had.")),
                (
                    "public_id",
                    models.UUIDField(help_text="By which partners knew it; models have one.", null=True, unique=True),
                ),
                ("name", models.CharField(max_length=200)),
                ("slug", models.CharField(max_length=200, verbose_name="address")),
                ("into_id", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["record_type", "into_id"], name="catalog_merged_into"),
                    models.Index(fields=["record_type", "slug"], name="catalog_merged_by_slug"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record_type", "record_id"), name="catalog_mergedrecord_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelSummary",
            fields=[
                ("model_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("public_id", models.CharField(max_length=36)),
                ("slug", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("name_key", models.CharField(help_text="The name in lower case, to sort by.", max_length=200)),
                ("show", models.CharField(help_text="checked, unchecked or unverified.", max_length=10)),
                ("kind", models.CharField(help_text="Empty: unknown.", max_length=20)),
                ("openness", models.CharField(help_text="Empty: unknown.", max_length=20)),
                ("family_id", models.BigIntegerField(null=True)),
                ("released_on", models.CharField(help_text="A partial date. Empty: unknown.", max_length=10)),
                (
                    "released_until",
                    models.CharField(help_text="The last day of the release date. Empty: unknown.", max_length=10),
                ),
                ("context_tokens", models.BigIntegerField(null=True)),
                ("checked_on", models.DateField(null=True)),
                (
                    "vouched",
                    models.PositiveIntegerField(help_text="Its facts, prices and dates that a source vouches for."),
                ),
                (
                    "places",
                    models.TextField(
                        help_text="Groups and values beside which it counts, as kind:language, with blanks."
                    ),
                ),
                ("row", models.JSONField(help_text="What tables show: vendors, family, modalities and all facts.")),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("released_on"), descending=True),
                        models.F("name_key"),
                        models.F("model_id"),
                        name="catalog_summary_latest",
                    ),
                    models.Index(
                        models.F("show"),
                        models.OrderBy(models.F("released_on"), descending=True),
                        models.F("name_key"),
                        models.F("model_id"),
                        name="catalog_summary_latest_of",
                    ),
                    models.Index(
                        models.F("kind"),
                        models.OrderBy(models.F("released_on"), descending=True),
                        models.F("name_key"),
                        models.F("model_id"),
                        name="catalog_summary_kind",
                    ),
                    models.Index(fields=["name_key", "model_id"], name="catalog_summary_by_name"),
                    models.Index(fields=["context_tokens", "name_key", "model_id"], name="catalog_summary_by_context"),
                    models.Index(fields=["family_id"], name="catalog_summary_of_family"),
                    models.Index(
                        models.F("kind"),
                        models.OrderBy(models.F("released_on"), descending=True),
                        models.F("name_key"),
                        name="catalog_summary_of_kind",
                    ),
                    models.Index(fields=["show", "checked_on"], name="catalog_summary_checked"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelPeriod",
            fields=[
                ("id", ID),
                (
                    "model",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="periods",
                        to="catalog.modelsummary",
                    ),
                ),
                ("first_day", models.DateField()),
                ("end_day", models.DateField()),
                ("status", models.CharField(max_length=10)),
                ("input_price", INPUT_PRICE),
                ("output_price", OUTPUT_PRICE),
                (
                    "input_offering_id",
                    models.BigIntegerField(help_text="The offering that has the input price.", null=True),
                ),
                (
                    "output_offering_id",
                    models.BigIntegerField(help_text="The offering that has the output price.", null=True),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["status", "model"], name="catalog_modelperiod_status"),
                    models.Index(fields=["input_price", "model"], name="catalog_modelperiod_price"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("model", "first_day"), name="catalog_modelperiod_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lt", models.F("end_day"))), name="catalog_modelperiod_has_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferingSummary",
            fields=[
                ("offering_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("model_id", models.BigIntegerField(null=True)),
                ("provider_id", models.BigIntegerField()),
                ("api_id", models.CharField(max_length=200)),
                (
                    "name_key",
                    models.CharField(
                        help_text="The name that a table shows, in lower case, to sort by.", max_length=200
                    ),
                ),
                (
                    "row",
                    models.JSONField(
                        help_text="What tables show: model, provider, name, effective limits, data policy, sources."
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["provider_id", "name_key", "api_id"], name="catalog_offersummary_of"),
                    models.Index(fields=["model_id"], name="catalog_offersummary_model"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferingPeriod",
            fields=[
                ("id", ID),
                (
                    "offering",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="periods",
                        to="catalog.offeringsummary",
                    ),
                ),
                ("first_day", models.DateField()),
                ("end_day", models.DateField()),
                ("status", models.CharField(max_length=10)),
                ("input_price", INPUT_PRICE),
                ("output_price", OUTPUT_PRICE),
                (
                    "prices",
                    models.JSONField(help_text="The prices that hold, as in the document but without their evidence."),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("offering", "first_day"), name="catalog_offerperiod_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lt", models.F("end_day"))), name="catalog_offerperiod_has_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                ("id", ID),
                ("kind", models.CharField(help_text="A kind of event, or price.", max_length=10)),
                ("model_id", models.BigIntegerField()),
                (
                    "offering_id",
                    models.BigIntegerField(help_text="Null: the vendor says so, of the model itself.", null=True),
                ),
                ("provider_id", models.BigIntegerField(null=True)),
                ("date", models.CharField(help_text="A partial date.", max_length=10)),
                ("last_day", models.DateField(help_text="The last day of the date: from then on it has happened.")),
                ("bound", models.CharField(max_length=10)),
                ("key", models.CharField(help_text="Names the change for good, as in feeds.", max_length=100)),
                (
                    "row",
                    models.JSONField(help_text="What pages show: names, addresses, replacement, amounts, sources."),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["kind", "last_day"], name="catalog_timeline_kind"),
                    models.Index(fields=["last_day"], name="catalog_timeline_day"),
                    models.Index(fields=["model_id"], name="catalog_timeline_model"),
                    models.Index(fields=["offering_id"], name="catalog_timeline_offering"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacetCount",
            fields=[
                ("id", ID),
                ("group", models.CharField(max_length=10)),
                ("value", models.CharField(help_text="A choice, or the key of a record.", max_length=20)),
                ("show", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("number", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("group", "value", "show", "day"), name="catalog_facetcount_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AIModel",
            fields=[
                ("id", ID),
                ("slug", SLUG),
                ("first_published_at", FIRST_PUBLISHED_AT),
                ("last_changed_at", models.DateTimeField(editable=False)),
                ("deleted_at", DELETED_AT),
                ("state", STATE),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(help_text="As its maker writes it.", max_length=200)),
                (
                    "family",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.PROTECT, related_name="models", to="catalog.family"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("language", "Language model"),
                            ("image", "Image generator"),
                            ("video", "Video generator"),
                            ("audio", "Audio or music generator"),
                            ("encoder", "Encoder (not generative)"),
                            ("other", "Other"),
                        ],
                        help_text="Empty: unknown.",
                        max_length=20,
                    ),
                ),
                (
                    "existence",
                    models.CharField(
                        choices=[("verified", "Verified"), ("announced", "Announced"), ("unverified", "Unverified")],
                        default="verified",
                        help_text="Unverified: named somewhere, but no source of the maker was found. Say so in the notice.",
                        max_length=10,
                    ),
                ),
                (
                    "notice",
                    models.CharField(
                        blank=True,
                        help_text="What a reader must know before relying on the record. Shown at the top.",
                        max_length=500,
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        blank=True, help_text="One or two sentences, with the date of what may change.", max_length=500
                    ),
                ),
                ("body", RichTextField(blank=True, verbose_name="text")),
                (
                    "released_on",
                    PartialDateField(
                        blank=True,
                        help_text="Year, month or day, as 2026, 2026-11 or 2026-11-24.",
                        verbose_name="released",
                    ),
                ),
                (
                    "knowledge_cutoff_on",
                    PartialDateField(blank=True, help_text="As for the release.", verbose_name="knowledge until"),
                ),
                (
                    "context_tokens",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Empty: unknown.",
                        null=True,
                        validators=[MaxValueValidator(9007199254740991)],
                        verbose_name="context, tokens",
                    ),
                ),
                ("max_input_tokens", MAX_INPUT_TOKENS),
                ("max_output_tokens", MAX_OUTPUT_TOKENS),
                (
                    "parameters",
                    models.BigIntegerField(
                        blank=True,
                        help_text="The number itself: 8000000000 for 8 billion.",
                        null=True,
                        validators=[MaxValueValidator(9007199254740991)],
                    ),
                ),
                (
                    "reasoning",
                    models.BooleanField(
                        blank=True, help_text="Thinks in steps of its own before it answers.", null=True
                    ),
                ),
                (
                    "tool_calls",
                    models.BooleanField(blank=True, help_text="Can ask for functions to be called.", null=True),
                ),
                (
                    "structured_output",
                    models.BooleanField(blank=True, help_text="Can be held to a JSON schema.", null=True),
                ),
                ("attachments", models.BooleanField(blank=True, help_text="Takes files beside the text.", null=True)),
                (
                    "temperature",
                    models.BooleanField(blank=True, help_text="Its sampling temperature can be set.", null=True),
                ),
                (
                    "fine_tuning",
                    models.BooleanField(blank=True, help_text="Customers can train it further.", null=True),
                ),
                (
                    "licence",
                    models.CharField(blank=True, help_text="Its name, for example Apache-2.0.", max_length=200),
                ),
                ("licence_url", models.URLField(blank=True, verbose_name="text of the licence")),
                (
                    "openness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open", "Open weights, free licence"),
                            ("restricted_weights", "Open weights, restricted licence"),
                            ("weights", "Open weights, licence not recorded"),
                            ("api_only", "Closed, by API"),
                            ("hosted_only", "Closed, hosted product without API"),
                        ],
                        help_text="Empty: unknown.",
                        max_length=20,
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="What its maker names.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="replaces",
                        to="catalog.aimodel",
                    ),
                ),
                ("use_for", models.TextField(blank=True, verbose_name="use it for")),
                ("avoid_for", models.TextField(blank=True, verbose_name="avoid it for")),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reviewed_on", models.DateField(blank=True, null=True)),
                (
                    "checked_on",
                    models.DateField(
                        blank=True, help_text="When somebody last compared the record with its sources.", null=True
                    ),
                ),
                ("extra", EXTRA),
            ],
            options={
                "verbose_name": "model",
                "ordering": ["name", "pk"],
                "indexes": [
                    models.Index(
                        models.F("state"),
                        models.OrderBy(models.F("released_on"), descending=True),
                        Lower("name"),
                        models.F("name"),
                        models.F("id"),
                        name="catalog_model_latest",
                    ),
                    models.Index(
                        models.F("state"),
                        models.OrderBy(models.F("released_on"), descending=True),
                        Lower("name"),
                        models.F("name"),
                        models.F("id"),
                        condition=models.Q(("checked_on__isnull", False)),
                        name="catalog_model_latest_checked",
                    ),
                    models.Index(fields=["name", "id"], name="catalog_model_by_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(models.Q(("name", ""), _negated=True), models.Q(("slug", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="catalog_aimodel_published_is_complete",
                        violation_error_message="It cannot be published yet: something is not filled in.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_on", ""),
                            ("released_on__regex", "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z"),
                            _connector="OR",
                        ),
                        name="catalog_aimodel_released_on_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("knowledge_cutoff_on", ""),
                            (
                                "knowledge_cutoff_on__regex",
                                "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z",
                            ),
                            _connector="OR",
                        ),
                        name="catalog_aimodel_knowledge_cutoff_on_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("context_tokens", None), ("context_tokens__gte", 1), _connector="OR"),
                        name="catalog_aimodel_context_tokens_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_input_tokens", None), ("max_input_tokens__gte", 1), _connector="OR"),
                        name="catalog_aimodel_max_input_tokens_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_output_tokens", None), ("max_output_tokens__gte", 1), _connector="OR"),
                        name="catalog_aimodel_max_output_tokens_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parameters", None), ("parameters__gte", 1), _connector="OR"),
                        name="catalog_aimodel_parameters_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("existence__in", ["verified", "announced", "unverified"])),
                        name="catalog_aimodel_existence_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["language", "image", "video", "audio", "encoder", "other", ""])
                        ),
                        name="catalog_aimodel_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("openness__in", ["open", "restricted_weights", "weights", "api_only", "hosted_only", ""])
                        ),
                        name="catalog_aimodel_openness_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("existence", "unverified"), ("notice", ""), ("state", "published"), _negated=True
                        ),
                        name="catalog_aimodel_unverified_has_notice",
                        violation_error_message="Say in the notice where the name was found and that no source confirms it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replaced_by", None),
                            models.Q(("replaced_by", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_aimodel_is_not_its_own_successor",
                        violation_error_message="A model cannot replace itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelVendor",
            fields=[
                ("id", ID),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="model_links", to="catalog.vendor", verbose_name="vendor"
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="vendor_links", to="catalog.aimodel"),
                ),
            ],
            options={
                "verbose_name": "vendor of a model",
                "verbose_name_plural": "vendors of models",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("content_object", "tag"), name="catalog_modelvendor_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="aimodel",
            name="vendors",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="Who made it.",
                through="catalog.ModelVendor",
                to="catalog.Vendor",
                verbose_name="vendors",
            ),
        ),
        migrations.CreateModel(
            name="ModelInputModality",
            fields=[
                ("id", ID),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="input_links",
                        to="catalog.modality",
                        verbose_name="modality",
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="input_links", to="catalog.aimodel"),
                ),
            ],
            options={
                "verbose_name": "input of a model",
                "verbose_name_plural": "inputs of models",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("content_object", "tag"), name="catalog_modelinputmodality_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="aimodel",
            name="input_modalities",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="What it takes.",
                through="catalog.ModelInputModality",
                to="catalog.Modality",
                verbose_name="input",
            ),
        ),
        migrations.CreateModel(
            name="ModelOutputModality",
            fields=[
                ("id", ID),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="output_links",
                        to="catalog.modality",
                        verbose_name="modality",
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(on_delete=models.CASCADE, related_name="output_links", to="catalog.aimodel"),
                ),
            ],
            options={
                "verbose_name": "output of a model",
                "verbose_name_plural": "outputs of models",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("content_object", "tag"), name="catalog_modeloutputmodality_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="aimodel",
            name="output_modalities",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="What it gives.",
                through="catalog.ModelOutputModality",
                to="catalog.Modality",
                verbose_name="output",
            ),
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("id", ID),
                ("model", models.ForeignKey(on_delete=models.CASCADE, related_name="aliases", to="catalog.aimodel")),
                ("text", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("api_id", "Id in an API"),
                            ("marketing", "Marketing name"),
                            ("spelling", "Other spelling"),
                            ("misspelling", "Misspelling"),
                        ],
                        default="spelling",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "aliases",
                "ordering": ["kind", "text", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        Lower("text"),
                        name="catalog_alias_text_any_case",
                        violation_error_message="Another model has this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="catalog_alias_text_is_filled"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["api_id", "marketing", "spelling", "misspelling"])),
                        name="catalog_alias_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BenchmarkResult",
            fields=[
                ("id", ID),
                ("model", models.ForeignKey(on_delete=models.CASCADE, related_name="benchmarks", to="catalog.aimodel")),
                ("name", models.CharField(max_length=100)),
                ("score", models.DecimalField(decimal_places=4, max_digits=12)),
                (
                    "metric",
                    models.CharField(
                        blank=True, help_text="What the score counts, as: percent correct.", max_length=100
                    ),
                ),
                ("version", models.CharField(blank=True, max_length=50, verbose_name="version of the test")),
                ("dataset", models.CharField(blank=True, max_length=100)),
                (
                    "variant",
                    models.CharField(blank=True, help_text="How the model was set, as: high effort.", max_length=100),
                ),
                ("harness", models.CharField(blank=True, help_text="The program that ran the test.", max_length=100)),
                ("source_url", models.URLField(blank=True, max_length=500, verbose_name="source")),
                ("measured_on", PartialDateField(blank=True, verbose_name="measured or published")),
            ],
            options={
                "ordering": ["name", "-measured_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "model",
                            "name",
                            "version",
                            "dataset",
                            "variant",
                            "harness",
                            "measured_on",
                            "source_url",
                        ),
                        name="catalog_benchmark_once",
                        violation_error_message="This result is on record already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="catalog_benchmarkresult_name_is_filled"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("measured_on", ""),
                            ("measured_on__regex", "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z"),
                            _connector="OR",
                        ),
                        name="catalog_benchmarkresult_measured_on_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offering",
            fields=[
                ("id", ID),
                (
                    "provider",
                    models.ForeignKey(on_delete=models.PROTECT, related_name="offerings", to="catalog.provider"),
                ),
                (
                    "api_id",
                    models.CharField(
                        help_text="Exactly as the provider writes it.", max_length=200, verbose_name="provider's own id"
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.PROTECT, related_name="offerings", to="catalog.aimodel"
                    ),
                ),
                (
                    "listing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("listed", "Listed"),
                            ("preview", "Listed as a preview"),
                            ("deprecated", "Listed as deprecated"),
                            ("removed", "No longer listed"),
                        ],
                        help_text="As what the provider lists it; with the day in “checked on”. Leave empty when it is unknown.",
                        max_length=10,
                        verbose_name="in the provider's list",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="As the provider calls it, where that differs.", max_length=200
                    ),
                ),
                (
                    "inherits",
                    models.BooleanField(
                        default=True,
                        help_text="What this provider does not state is as the maker says. Else it is unknown.",
                        verbose_name="as the model’s record says",
                    ),
                ),
                (
                    "not_inherited",
                    models.JSONField(
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="What of the model’s record does not hold here, by the names of the feed.",
                        verbose_name="not as the model’s record says",
                    ),
                ),
                (
                    "regions",
                    models.CharField(
                        blank=True, help_text="As the provider names them, with commas between.", max_length=300
                    ),
                ),
                (
                    "context_tokens",
                    models.PositiveBigIntegerField(
                        blank=True,
                        null=True,
                        validators=[MaxValueValidator(9007199254740991)],
                        verbose_name="context, tokens",
                    ),
                ),
                ("max_input_tokens", MAX_INPUT_TOKENS),
                ("max_output_tokens", MAX_OUTPUT_TOKENS),
                ("released_on", PartialDateField(blank=True, verbose_name="released")),
                ("knowledge_cutoff_on", PartialDateField(blank=True, verbose_name="knowledge until")),
                (
                    "input_modalities",
                    models.JSONField(blank=True, help_text='As ["text", "image"].', null=True, verbose_name="takes"),
                ),
                (
                    "output_modalities",
                    models.JSONField(blank=True, help_text='As ["text"].', null=True, verbose_name="gives"),
                ),
                ("reasoning", models.BooleanField(blank=True, null=True)),
                ("tool_calls", models.BooleanField(blank=True, null=True)),
                ("structured_output", models.BooleanField(blank=True, null=True)),
                ("attachments", models.BooleanField(blank=True, null=True)),
                ("temperature", models.BooleanField(blank=True, null=True)),
                ("open_weights", models.BooleanField(blank=True, null=True)),
                (
                    "retention_days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="0: nothing is kept. Empty: unknown.",
                        null=True,
                        validators=[MaxValueValidator(9007199254740991)],
                        verbose_name="keeps data for, days",
                    ),
                ),
                (
                    "trains_on_input",
                    models.BooleanField(blank=True, help_text="Customers’ data is used for training.", null=True),
                ),
                (
                    "zero_retention",
                    models.BooleanField(blank=True, help_text="Can be agreed on that nothing is kept.", null=True),
                ),
                ("data_policy_url", models.URLField(blank=True, max_length=500, verbose_name="data policy")),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "checked_on",
                    models.DateField(blank=True, help_text="When the provider's list was last read.", null=True),
                ),
                ("extra", EXTRA),
            ],
            options={
                "ordering": ["provider", "api_id", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "api_id"),
                        name="catalog_offering_id_once",
                        violation_error_message="This provider has an offering of this id already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("api_id", ""), _negated=True), name="catalog_offering_id_is_filled"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("listing__in", ["listed", "preview", "deprecated", "removed", ""])),
                        name="catalog_offering_listing_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("context_tokens", None), ("context_tokens__gte", 1), _connector="OR"),
                        name="catalog_offering_context_tokens_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_input_tokens", None), ("max_input_tokens__gte", 1), _connector="OR"),
                        name="catalog_offering_max_input_tokens_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_output_tokens", None), ("max_output_tokens__gte", 1), _connector="OR"),
                        name="catalog_offering_max_output_tokens_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_on", ""),
                            ("released_on__regex", "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z"),
                            _connector="OR",
                        ),
                        name="catalog_offering_released_on_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("knowledge_cutoff_on", ""),
                            (
                                "knowledge_cutoff_on__regex",
                                "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z",
                            ),
                            _connector="OR",
                        ),
                        name="catalog_offering_knowledge_cutoff_on_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LifecycleEvent",
            fields=[
                ("id", ID),
                (
                    "model",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.CASCADE, related_name="events", to="catalog.aimodel"
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.CASCADE, related_name="events", to="catalog.offering"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("announced", "Announcement"),
                            ("preview", "Preview"),
                            ("released", "Release"),
                            ("deprecated", "Announcement of the end"),
                            ("retired", "End of service"),
                            ("renamed", "New name"),
                        ],
                        max_length=20,
                    ),
                ),
                ("date", PartialDateField(help_text="Year, month or day, as 2026, 2026-11 or 2026-11-24.")),
                (
                    "bound",
                    models.CharField(
                        choices=[("exact", "on this date"), ("not_before", "not before this date")],
                        default="exact",
                        max_length=10,
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.SET_NULL, related_name="+", to="catalog.aimodel"
                    ),
                ),
                (
                    "replacement_name",
                    models.CharField(
                        blank=True,
                        help_text="Where the catalogue has no such model.",
                        max_length=200,
                        verbose_name="replaced by, in words",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["date", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("offering__isnull", False)),
                        fields=["offering"],
                        name="catalog_event_of_offering",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("model__isnull", False), ("offering__isnull", True)),
                            models.Q(("model__isnull", True), ("offering__isnull", False)),
                            _connector="OR",
                        ),
                        name="catalog_lifecycleevent_has_one_subject",
                        violation_error_message="It belongs to exactly one record.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["announced", "preview", "released", "deprecated", "retired", "renamed"])
                        ),
                        name="catalog_lifecycleevent_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bound__in", ["exact", "not_before"])),
                        name="catalog_lifecycleevent_bound_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("date", ""),
                            ("date__regex", "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z"),
                            _connector="OR",
                        ),
                        name="catalog_lifecycleevent_date_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("date", ""), _negated=True), name="catalog_lifecycleevent_date_is_filled"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", ID),
                ("offering", models.ForeignKey(on_delete=models.CASCADE, related_name="prices", to="catalog.offering")),
                (
                    "meter",
                    models.CharField(
                        choices=[
                            ("input", "Input"),
                            ("output", "Output"),
                            ("cache_read", "Input read from the cache"),
                            ("cache_write", "Input written to the cache"),
                            ("reasoning", "Reasoning"),
                            ("input_audio", "Audio input"),
                            ("output_audio", "Audio output"),
                            ("input_image", "Image input"),
                            ("output_image", "Image output"),
                            ("input_video", "Video input"),
                            ("output_video", "Video output"),
                            ("cache_read_audio", "Audio read from the cache"),
                            ("cache_write_audio", "Audio written to the cache"),
                            ("cache_read_image", "Image read from the cache"),
                            ("image", "Image made"),
                            ("video", "Video made"),
                            ("page", "Page read"),
                            ("citation", "Citation"),
                            ("search", "Search"),
                            ("request", "Request"),
                            ("session", "Session"),
                        ],
                        help_text="What is counted.",
                        max_length=20,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=9, help_text="0 means free.", max_digits=15, null=True
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="USD", max_length=3, validators=[RegexValidator("\\A[A-Z]{3}\\Z")]),
                ),
                (
                    "per_quantity",
                    models.PositiveIntegerField(
                        default=1000000, validators=[MaxValueValidator(9007199254740991)], verbose_name="per how many"
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("token", "token"),
                            ("image", "image"),
                            ("second", "second"),
                            ("character", "character"),
                            ("pixel", "pixel"),
                            ("page", "page"),
                            ("request", "request"),
                            ("session", "session"),
                        ],
                        default="token",
                        max_length=20,
                        verbose_name="of what",
                    ),
                ),
                (
                    "above_tokens",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="A price for requests with more tokens than this; 0 for all that have no row of their own.",
                        validators=[MaxValueValidator(9007199254740991)],
                        verbose_name="from how much context on, tokens",
                    ),
                ),
                (
                    "service_level",
                    models.CharField(
                        blank=True,
                        help_text="Such as batch, flex or priority; empty for the ordinary service.",
                        max_length=30,
                    ),
                ),
                (
                    "conditions",
                    models.CharField(
                        blank=True,
                        help_text="Other conditions: size, resolution, how long a cache is kept.",
                        max_length=100,
                    ),
                ),
                (
                    "valid_from",
                    PartialDateField(blank=True, help_text="Leave empty when it is unknown.", verbose_name="since"),
                ),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False, help_text="There is no such price from this date on.", verbose_name="withdrawn"
                    ),
                ),
                (
                    "authored",
                    models.JSONField(
                        blank=True, default=dict, editable=False, help_text="How a feed writes it, where that differs."
                    ),
                ),
            ],
            options={
                "ordering": ["meter", "above_tokens", "service_level", "conditions", "valid_from", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offering", "meter", "above_tokens", "service_level", "conditions", "valid_from"),
                        name="catalog_price_once_a_date",
                        violation_error_message="There is a price of this kind from this date already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("is_withdrawn", True)),
                            models.Q(("amount__gte", 0), ("amount__isnull", False), ("is_withdrawn", False)),
                            _connector="OR",
                        ),
                        name="catalog_price_has_amount_or_is_withdrawn",
                        violation_error_message="Give an amount, not below 0, or say that the price is withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "\\A[A-Z]{3}\\Z")),
                        name="catalog_price_currency_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "meter__in",
                                [
                                    "input",
                                    "output",
                                    "cache_read",
                                    "cache_write",
                                    "reasoning",
                                    "input_audio",
                                    "output_audio",
                                    "input_image",
                                    "output_image",
                                    "input_video",
                                    "output_video",
                                    "cache_read_audio",
                                    "cache_write_audio",
                                    "cache_read_image",
                                    "image",
                                    "video",
                                    "page",
                                    "citation",
                                    "search",
                                    "request",
                                    "session",
                                ],
                            )
                        ),
                        name="catalog_price_meter_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "unit__in",
                                ["token", "image", "second", "character", "pixel", "page", "request", "session"],
                            )
                        ),
                        name="catalog_price_unit_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("per_quantity", None), ("per_quantity__gte", 1), _connector="OR"),
                        name="catalog_price_per_quantity_above_zero",
                        violation_error_message="Leave it empty when it is unknown; 0 is no value.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from", ""),
                            ("valid_from__regex", "\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z"),
                            _connector="OR",
                        ),
                        name="catalog_price_valid_from_is_a_date",
                        violation_error_message="Write a date as 2026, 2026-11 or 2026-11-24.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", ID),
                ("source", models.ForeignKey(on_delete=models.PROTECT, related_name="evidence", to="catalog.source")),
                (
                    "model",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.CASCADE, related_name="evidence", to="catalog.aimodel"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.CASCADE, related_name="evidence", to="catalog.provider"
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.CASCADE, related_name="evidence", to="catalog.offering"
                    ),
                ),
                (
                    "price",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=models.CASCADE, related_name="evidence", to="catalog.price"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="evidence",
                        to="catalog.lifecycleevent",
                    ),
                ),
                (
                    "fact",
                    models.CharField(
                        blank=True, help_text="Which field it speaks of. Empty: the whole record.", max_length=50
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("vendor", "from the maker or provider"),
                            ("third_party", "from a third party"),
                            ("unverified", "not verified"),
                            ("disputed", "disputed"),
                        ],
                        default="unverified",
                        max_length=20,
                    ),
                ),
                (
                    "is_checked",
                    models.BooleanField(
                        default=False,
                        help_text="Somebody of ours has found the fact on that page.",
                        verbose_name="checked by us",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What speaks against it, or what the source says.", max_length=300
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ["fact", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("event__isnull", True),
                                ("model__isnull", False),
                                ("offering__isnull", True),
                                ("price__isnull", True),
                                ("provider__isnull", True),
                            ),
                            models.Q(
                                ("event__isnull", True),
                                ("model__isnull", True),
                                ("offering__isnull", True),
                                ("price__isnull", True),
                                ("provider__isnull", False),
                            ),
                            models.Q(
                                ("event__isnull", True),
                                ("model__isnull", True),
                                ("offering__isnull", False),
                                ("price__isnull", True),
                                ("provider__isnull", True),
                            ),
                            models.Q(
                                ("event__isnull", True),
                                ("model__isnull", True),
                                ("offering__isnull", True),
                                ("price__isnull", False),
                                ("provider__isnull", True),
                            ),
                            models.Q(
                                ("event__isnull", False),
                                ("model__isnull", True),
                                ("offering__isnull", True),
                                ("price__isnull", True),
                                ("provider__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_evidence_has_one_subject",
                        violation_error_message="It belongs to exactly one record.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["vendor", "third_party", "unverified", "disputed"])),
                        name="catalog_evidence_confidence_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("model__isnull", False)),
                        fields=("model", "source", "fact"),
                        name="catalog_evidence_once_for_model",
                        violation_error_message="This source is given for this fact already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider__isnull", False)),
                        fields=("provider", "source", "fact"),
                        name="catalog_evidence_once_for_provider",
                        violation_error_message="This source is given for this fact already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("offering__isnull", False)),
                        fields=("offering", "source", "fact"),
                        name="catalog_evidence_once_for_offering",
                        violation_error_message="This source is given for this fact already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("price__isnull", False)),
                        fields=("price", "source", "fact"),
                        name="catalog_evidence_once_for_price",
                        violation_error_message="This source is given for this fact already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("event__isnull", False)),
                        fields=("event", "source", "fact"),
                        name="catalog_evidence_once_for_event",
                        violation_error_message="This source is given for this fact already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Weights",
            fields=[
                ("id", ID),
                ("model", models.ForeignKey(on_delete=models.CASCADE, related_name="weights", to="catalog.aimodel")),
                ("label", models.CharField(help_text="As: Hugging Face.", max_length=100, verbose_name="where")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("format", models.CharField(blank=True, help_text="As: safetensors, GGUF.", max_length=50)),
                ("quantisation", models.CharField(blank=True, help_text="As: fp8, Q4_K_M.", max_length=50)),
            ],
            options={
                "verbose_name_plural": "weights",
                "ordering": ["label", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "url", "format", "quantisation"),
                        name="catalog_weights_once",
                        violation_error_message="These weights are on record already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url", ""), _negated=True), name="catalog_weights_url_is_filled"
                    ),
                ],
            },
        ),
    ]
