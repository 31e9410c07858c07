"""The documents of the API. Unknown is null, amounts are text, times are UTC; only what is public is named.

They hold dated events, not "the status now", which would change without anybody writing.
"""

from datetime import UTC

from django.utils.text import capfirst
from rest_framework import serializers

from catalog.models import (
    AIModel,
    Alias,
    BenchmarkResult,
    Evidence,
    Family,
    LifecycleEvent,
    Modality,
    Offering,
    Price,
    Provider,
    Source,
    Vendor,
    Weights,
)
from catalog.models.price import TERMS
from catalog.rules.choices import Kind, Listing, Openness
from publishing.api.fields import AbsoluteURLField, IdField, RichHTMLField


class Described:
    """A field that says of itself what its column says to editors, unless it was given words."""

    def bind(self, field_name, parent):
        super().bind(field_name, parent)
        if not self.help_text:
            column = parent.Meta.model._meta.get_field(self.source)
            self.help_text = column.help_text or capfirst(column.verbose_name)


class KnownOrNull(Described, serializers.CharField):
    """Text that is stored empty when it is unknown."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value):
        return value or None


class ChoiceOrNull(Described, serializers.ChoiceField):
    """A value of a column in which "" stands for unknown."""

    def __init__(self, choices, **kwargs):
        super().__init__(choices, read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value):
        return value or None


class AmountField(serializers.DecimalField):
    """A decimal as the shortest text of the same value: "0.5", the same from every database."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=15, decimal_places=9, read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value):
        return f"{value.normalize():f}"


def names_or_null(words: str):
    return serializers.ListField(child=serializers.CharField(), read_only=True, allow_null=True, help_text=words)


def utc(**kwargs):
    return serializers.DateTimeField(read_only=True, default_timezone=UTC, **kwargs)


class NamedSerializer(serializers.Serializer):
    """A record in short: enough to show it and to fetch it."""

    id = serializers.SerializerMethodField(help_text="Of a model its `public_id`.")
    slug = serializers.CharField()
    name = serializers.CharField()
    url = AbsoluteURLField()

    def get_id(self, record) -> str:
        return str(getattr(record, "public_id", record.pk))


class SourceSerializer(serializers.ModelSerializer):
    url = KnownOrNull()

    class Meta:
        model = Source
        fields = ["title", "url", "publisher", "read_on", "note"]


class EvidenceSerializer(serializers.ModelSerializer):
    fact = KnownOrNull(help_text="The field it speaks of; null for the record as a whole.")
    source = SourceSerializer(read_only=True)

    class Meta:
        model = Evidence
        fields = ["fact", "confidence", "is_checked", "note", "source"]


class EventSerializer(serializers.ModelSerializer):
    replaced_by = NamedSerializer(source="public_replacement", read_only=True, allow_null=True)
    replacement_name = KnownOrNull()
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = LifecycleEvent
        fields = ["kind", "date", "bound", "replaced_by", "replacement_name", "note", "evidence"]


class AliasSerializer(serializers.ModelSerializer):
    class Meta:
        model = Alias
        fields = ["text", "kind"]


class BenchmarkSerializer(serializers.ModelSerializer):
    score = AmountField(help_text="Text, so that no digit is lost. What it counts says the metric.")
    metric = KnownOrNull()
    version = KnownOrNull()
    dataset = KnownOrNull()
    variant = KnownOrNull(help_text="How the model was set.")
    harness = KnownOrNull(help_text="The program that ran the test.")
    source_url = KnownOrNull()
    measured_on = KnownOrNull(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")

    class Meta:
        model = BenchmarkResult
        fields = ["name", "score", "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"]


class WeightsSerializer(serializers.ModelSerializer):
    format = KnownOrNull()
    quantisation = KnownOrNull()

    class Meta:
        model = Weights
        fields = ["label", "url", "format", "quantisation"]


class AIModelSerializer(serializers.ModelSerializer):
    url = AbsoluteURLField()
    vendors = NamedSerializer(source="public_vendors", many=True, read_only=True)
    family = NamedSerializer(source="public_family", read_only=True, allow_null=True)
    input_modalities = NamedSerializer(source="public_inputs", many=True, read_only=True)
    output_modalities = NamedSerializer(source="public_outputs", many=True, read_only=True)
    replaced_by = NamedSerializer(source="public_replacement", read_only=True, allow_null=True)
    kind = ChoiceOrNull(Kind.choices)
    released_on = KnownOrNull(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    knowledge_cutoff_on = KnownOrNull(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    licence = KnownOrNull()
    licence_url = KnownOrNull()
    openness = ChoiceOrNull(Openness.choices)
    use_for = KnownOrNull()
    avoid_for = KnownOrNull()
    body_html = RichHTMLField(source="body")
    aliases = AliasSerializer(many=True, read_only=True)
    benchmarks = BenchmarkSerializer(many=True, read_only=True)
    weights = WeightsSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)
    published_at = utc(source="first_published_at")
    last_changed_at = utc()

    class Meta:
        model = AIModel
        fields = [
            "public_id",
            "slug",
            "name",
            "url",
            "vendors",
            "family",
            "input_modalities",
            "output_modalities",
            "kind",
            "existence",
            "notice",
            "summary",
            "body_html",
            "released_on",
            "knowledge_cutoff_on",
            "context_tokens",
            "max_input_tokens",
            "max_output_tokens",
            "parameters",
            "reasoning",
            "tool_calls",
            "structured_output",
            "attachments",
            "temperature",
            "fine_tuning",
            "licence",
            "licence_url",
            "openness",
            "replaced_by",
            "use_for",
            "avoid_for",
            "reviewed_on",
            "checked_on",
            "aliases",
            "benchmarks",
            "weights",
            "events",
            "evidence",
            "published_at",
            "last_changed_at",
        ]


class VendorSerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    website = KnownOrNull()
    country = KnownOrNull()
    description_html = RichHTMLField(source="description")
    last_changed_at = utc()

    class Meta:
        model = Vendor
        fields = ["id", "slug", "name", "url", "website", "country", "description_html", "last_changed_at"]


class ModalitySerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    last_changed_at = utc()

    class Meta:
        model = Modality
        fields = ["id", "slug", "name", "url", "description", "last_changed_at"]


class FamilySerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    vendor = NamedSerializer(source="public_vendor", read_only=True, allow_null=True)
    body_html = RichHTMLField(source="body")
    last_changed_at = utc()

    class Meta:
        model = Family
        fields = ["id", "slug", "name", "url", "vendor", "summary", "body_html", "last_changed_at"]


class ProviderSerializer(serializers.ModelSerializer):
    id = IdField()
    url = AbsoluteURLField()
    website = KnownOrNull()
    api_base = KnownOrNull()
    docs_url = KnownOrNull()
    terms_url = KnownOrNull()
    status_url = KnownOrNull()
    last_changed_at = utc()

    class Meta:
        model = Provider
        fields = [
            "id",
            "slug",
            "name",
            "url",
            "summary",
            "website",
            "api_base",
            "docs_url",
            "terms_url",
            "status_url",
            "last_changed_at",
        ]


class PriceSerializer(serializers.ModelSerializer):
    amount = AmountField(help_text="Text, so that no digit is lost. Null where the price was withdrawn.")
    service_level = KnownOrNull()
    conditions = KnownOrNull()
    valid_from = KnownOrNull(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = Price
        fields = [*TERMS, "evidence"]


class OfferingSerializer(serializers.ModelSerializer):
    id = IdField()
    provider = NamedSerializer(read_only=True)
    model = NamedSerializer(read_only=True)
    name = KnownOrNull()
    listing = ChoiceOrNull(Listing.choices, help_text="As what the provider lists it.")
    regions = KnownOrNull()
    released_on = KnownOrNull(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    knowledge_cutoff_on = KnownOrNull(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    data_policy_url = KnownOrNull()
    input_modalities = names_or_null("What it takes there, where the provider says so.")
    output_modalities = names_or_null("What it gives there, where the provider says so.")
    prices = PriceSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = Offering
        fields = [
            "id",
            "provider",
            "model",
            "api_id",
            "name",
            "inherits",
            "listing",
            "regions",
            "context_tokens",
            "max_input_tokens",
            "max_output_tokens",
            "released_on",
            "knowledge_cutoff_on",
            "input_modalities",
            "output_modalities",
            "reasoning",
            "tool_calls",
            "structured_output",
            "attachments",
            "temperature",
            "open_weights",
            "retention_days",
            "trains_on_input",
            "zero_retention",
            "data_policy_url",
            "note",
            "checked_on",
            "prices",
            "events",
            "evidence",
        ]
