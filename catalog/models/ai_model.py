import uuid
from collections.abc import Collection
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from taggit.managers import TaggableManager

from catalog.models.names import CatalogueRecord, Family, ModelVendor, Vendor
from catalog.models.summaries import ModelPeriod, ends_of
from catalog.rules.choices import Existence, ModelKind, Openness
from catalog.rules.constraints import above_zero, one_of, partial_dates, readable_number
from catalog.rules.facts import BY_NAME
from catalog.rules.partial_dates import PartialDate, PartialDateField
from catalog.rules.prices import usd_in_words
from catalog.rules.status import Bound, Status
from ops.db.checks_at_once import ChecksAtOnce
from ops.db.compiled import CompiledQuery, keys
from ops.db.compiled import day as on_day
from publishing.content.publishable import ListPage, PublishableQuerySet, State, published_requires
from publishing.richtext import RichTextField

UNKNOWN_IF_EMPTY = "Empty: unknown."
# Unknown release dates, "", come last. Ties are sorted by name, then by key.
LATEST_FIRST = (F("released_on").desc(), Lower("name"), F("name"), F("id"))

UNVERIFIED_WITHOUT_NOTICE = "In the notice, say where the name was found and that no source confirms it."


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    REJECTED = "rejected", "Rejected"


class AIModelQuerySet(PublishableQuerySet["AIModel"]):
    def not_trashed(self) -> "AIModelQuerySet":
        """Leave out proposals too, also rejected ones: they have a list of their own until a user publishes them."""
        return super().not_trashed().exclude(~Q(proposal=""), state=State.DRAFT)

    def proposals(self, proposal: ProposalState = ProposalState.PROPOSED) -> "AIModelQuerySet":
        """Return the unpublished models that imports have proposed and users have not accepted."""
        return self.filter(deleted_at=None, state=State.DRAFT, proposal=proposal)

    def listed(self) -> "AIModelQuerySet":
        """Return the models of the public lists. Unverified models are shown only on request."""
        return self.published().exclude(existence=Existence.UNVERIFIED)

    def unverified(self) -> "AIModelQuerySet":
        return self.filter(existence=Existence.UNVERIFIED)

    def for_search(self) -> "AIModelQuerySet":
        """Prefetch rows of links rather than tags, because taggit's own prefetch does not accept a custom queryset."""
        links = ModelVendor.objects.filter(tag__in=Vendor.objects.published()).select_related("tag")
        links = Prefetch("vendor_links", links.order_by("tag__name", "pk"), to_attr="public_vendor_links")
        return self.prefetch_related("aliases", links)


class StatedFacts(models.Model):
    """The facts that a vendor states of its model, and a provider of its offering."""

    released_on = PartialDateField(
        "released", blank=True, help_text="Year, month or day, for example 2026, 2026-11 or 2026-11-24."
    )
    knowledge_cutoff_on = PartialDateField("knowledge cutoff", blank=True, help_text="Same format as the release date.")
    context_tokens = models.PositiveBigIntegerField(
        "context window, tokens", null=True, blank=True, validators=[readable_number], help_text=UNKNOWN_IF_EMPTY
    )
    max_input_tokens = models.PositiveBigIntegerField(
        "max input, tokens", null=True, blank=True, validators=[readable_number]
    )
    max_output_tokens = models.PositiveBigIntegerField(
        "max output, tokens", null=True, blank=True, validators=[readable_number]
    )
    reasoning = models.BooleanField(null=True, blank=True, help_text="Reasons step by step before it answers.")
    tool_calls = models.BooleanField(null=True, blank=True, help_text="Can call functions.")
    structured_output = models.BooleanField(null=True, blank=True, help_text="Can follow a JSON schema.")
    attachments = models.BooleanField(null=True, blank=True, help_text="Accepts files with the text.")
    temperature = models.BooleanField(null=True, blank=True, help_text="The sampling temperature is adjustable.")

    class Meta:
        abstract = True
        constraints = [
            *partial_dates("released_on", "knowledge_cutoff_on"),
            *above_zero("context_tokens", "max_input_tokens", "max_output_tokens"),
        ]


class AIModel(ChecksAtOnce, CatalogueRecord, StatedFacts):  # noqa: DJ008 - its name comes from CatalogueRecord
    """A model as its vendor describes it. Providers' data, prices and dates included, belongs to `Offering`."""

    route = "catalog:model"
    summary_field = "summary"
    date_field = "released_until"
    has_markdown = True

    aliases: models.QuerySet
    events: models.QuerySet
    offerings: models.QuerySet
    vendor_links: models.QuerySet
    public_vendor_links: list[ModelVendor]  # by for_search()
    replaced_by_id: int | None

    proposal = models.CharField(
        max_length=10,
        choices=ProposalState,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="How an import’s proposal was decided while it is a draft; publishing accepts it.",
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, help_text="Written as by its vendor.")
    vendors = TaggableManager(
        "vendors", help_text="Vendors of the model.", through="catalog.ModelVendor", related_name="models", blank=True
    )
    input_modalities = TaggableManager(
        "input",
        help_text="Supported input.",
        through="catalog.ModelInputModality",
        related_name="models_taking",
        blank=True,
    )
    output_modalities = TaggableManager(
        "output",
        help_text="Supported output.",
        through="catalog.ModelOutputModality",
        related_name="models_giving",
        blank=True,
    )
    family = models.ForeignKey(Family, models.PROTECT, null=True, blank=True, related_name="models")
    kind = models.CharField(max_length=20, choices=ModelKind, blank=True, help_text=UNKNOWN_IF_EMPTY)
    existence = models.CharField(
        max_length=10,
        choices=Existence,
        default=Existence.VERIFIED,
        help_text="Unverified: the name is in use, but no vendor source was found. Explain this in the notice.",
    )
    notice = models.CharField(max_length=500, blank=True, help_text="A warning for readers, shown at the top.")
    summary = models.CharField(
        max_length=500, blank=True, help_text="One or two sentences. Date anything that may change."
    )
    body = RichTextField("text", blank=True)

    parameters = models.BigIntegerField(
        null=True, blank=True, validators=[readable_number], help_text="Full number: 8000000000 for 8 billion."
    )
    fine_tuning = models.BooleanField(null=True, blank=True, help_text="Customers can fine-tune it.")
    licence = models.CharField(max_length=200, blank=True, help_text="Its name, for example Apache-2.0.")
    licence_url = models.URLField("licence text", blank=True)
    openness = models.CharField(max_length=20, choices=Openness, blank=True, help_text=UNKNOWN_IF_EMPTY)
    replaced_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
        help_text="The replacement named by its vendor.",
    )

    use_for = models.TextField("use for", blank=True)
    avoid_for = models.TextField("avoid for", blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_on = models.DateField(null=True, blank=True)
    checked_on = models.DateField(
        null=True, blank=True, help_text="When the record was last checked against its sources."
    )

    objects = AIModelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "model"
        indexes = [
            # In the order of the public lists and of the admin, so that one page of a million rows is read by index.
            models.Index("state", *LATEST_FIRST, name="catalog_model_latest"),
            models.Index(fields=["name", "id"], name="catalog_model_by_name"),
        ]
        constraints = [
            published_requires("name", "slug"),
            *StatedFacts.Meta.constraints,
            *above_zero("parameters"),
            one_of("existence", Existence),
            one_of("kind", ModelKind, or_empty=True),
            one_of("openness", Openness, or_empty=True),
            one_of("proposal", ProposalState, or_empty=True),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED, existence=Existence.UNVERIFIED, notice=""),
                name="catalog_aimodel_unverified_has_notice",
                violation_error_message=UNVERIFIED_WITHOUT_NOTICE,
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=models.F("id")),
                name="catalog_aimodel_is_not_its_own_successor",
                violation_error_message="A model cannot replace itself.",
            ),
        ]

    @classmethod
    def lists(cls) -> list[ListPage]:
        return [ListPage("AI models", reverse("catalog:list"), cls.objects.listed().order_by(*LATEST_FIRST))]

    @property
    def released_until(self) -> str:
        """Return the last possible day of the release; "" if it is unknown."""
        return self.released_on and PartialDate.parse(self.released_on).last_day.isoformat()

    @property
    def is_unverified(self) -> bool:
        return self.existence == Existence.UNVERIFIED

    def search_texts(self) -> dict[str, str]:
        vendors = [str(link.tag) for link in self.public_vendor_links]
        released, context = (BY_NAME[name].in_words(getattr(self, name)) for name in ("released_on", "context_tokens"))
        dated, sized = released and f"released {released}", context and f"context window {context} tokens"
        note_parts = filter(None, [*vendors, BY_NAME["kind"].in_words(self.kind).lower(), dated, sized])
        return super().search_texts() | {
            "names": "\n".join(alias.text for alias in self.aliases.all()),
            "keywords": "\n".join(vendors),
            "note": "Not verified" if self.is_unverified else ", ".join(note_parts),
        }

    @classmethod
    def facts_today(cls, pks: Collection[int]) -> dict[int, dict[str, str]]:
        day, facts_by_pk = timezone.localdate(), {}
        for pk, status, *prices in compiled_periods().rows(models=pks, day=day):
            named_prices = zip(("input", "output"), prices, strict=True)
            price_text = ", ".join(f"{name} {usd_in_words(price)}" for name, price in named_prices if price is not None)
            facts_by_pk[pk] = {"status": status, "price": price_text.capitalize()}
        ending = [pk for pk, facts in facts_by_pk.items() if facts["status"] in (Status.DEPRECATED, Status.RETIRED)]
        for pk, end in ends_of(ending, day, ("retired", "left")).items():
            if end.kind == "left":
                facts_by_pk[pk]["departure"] = f"left its vendor’s list {end.period}"
                continue
            doubt = "" if end.row.get("is_confirmed") else " (not yet checked at the vendor)"
            facts_by_pk[pk]["last_day"] = f"{'not before ' if end.bound != Bound.EXACT else ''}{end.period}{doubt}"
        return facts_by_pk

    def clean(self) -> None:
        super().clean()
        if self.replaced_by_id and self.replaced_by_id == self.pk:
            raise ValidationError({"replaced_by": "A model cannot replace itself."})


@cache
def compiled_periods() -> CompiledQuery:
    """Return status and prices of verified models on a day; a function, as models are not complete before."""
    periods = ModelPeriod.objects.filter(
        model_id__in=keys("models"), first_day__lte=on_day("day"), end_day__gt=on_day("day")
    )
    periods = periods.exclude(model__show="unverified")
    return CompiledQuery(periods.values_list("model_id", "status", "input_price", "output_price"))
