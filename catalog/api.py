from pathlib import Path
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import Http404

from catalog.api_filters import ModelFilters
from catalog.models import (
    AIModel,
    Alias,
    Evidence,
    Family,
    LifecycleEvent,
    MergedRecord,
    Modality,
    Offering,
    Price,
    Provider,
    Vendor,
)
from catalog.serializers import (
    AIModelSerializer,
    FamilySerializer,
    ModalitySerializer,
    OfferingSerializer,
    ProviderSerializer,
    VendorSerializer,
)
from publishing.api.examples import examples_in
from publishing.api.filters import RecordFilter
from publishing.api.viewsets import KEY, PublishableViewSet

EXAMPLES = examples_in(Path(__file__).with_name("api_examples.json"))


def with_evidence(lookup: str, queryset=None) -> list[Prefetch]:
    """Prefetch `lookup` and the evidence of each of its rows."""
    evidence = Prefetch(f"{lookup}__evidence", Evidence.objects.select_related("source"))
    return [Prefetch(lookup, queryset), evidence] if queryset is not None else [lookup, evidence]


class CatalogueViewSet(PublishableViewSet):
    """Records of which some were merged into others."""

    def key_of_other_name(self, name):
        merged = MergedRecord.objects.of(self.model).filter(self.as_it_was_known(name)).order_by("-pk").first()
        return merged.into_id if merged else super().key_of_other_name(name)

    def as_it_was_known(self, name: str) -> Q:
        """The condition of rows about a record that had this id or this slug."""
        return Q(record_id=name) if KEY.fullmatch(name) else Q(slug=name)


class AIModelViewSet(CatalogueViewSet):
    """What the makers say of their models. The filters are those of the catalogue's own page."""

    example = EXAMPLES["model"]
    serializer_class = AIModelSerializer
    lookup_value_regex = ".+"  # an alias may have a slash
    filter_backends = [ModelFilters]

    def get_queryset(self):
        return (
            AIModel.objects.published()
            .for_readers()
            .prefetch_related(
                "aliases",
                "benchmarks",
                "weights",
                Prefetch("evidence", Evidence.objects.select_related("source")),
                *with_evidence("events", LifecycleEvent.objects.for_readers()),
            )
        )

    def by_id(self, records, name):
        public_id = uuid_of(name)
        return records.filter(public_id=public_id).first() if public_id else None

    def as_it_was_known(self, name):
        public_id = uuid_of(name)
        return Q(public_id=public_id) if public_id else Q(slug=name)

    def key_of_other_name(self, name):
        key = super().key_of_other_name(name)
        return key or Alias.objects.filter(text__iexact=name).values_list("model_id", flat=True).first()


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


class VendorViewSet(CatalogueViewSet):
    """Who makes models."""

    example = EXAMPLES["vendor"]
    serializer_class = VendorSerializer

    def get_queryset(self):
        return Vendor.objects.published()


class ModalityViewSet(CatalogueViewSet):
    """What models take and give: text, images, sound and so on."""

    example = EXAMPLES["modality"]
    serializer_class = ModalitySerializer

    def get_queryset(self):
        return Modality.objects.published()


class FamilyViewSet(CatalogueViewSet):
    """Series of models of one maker."""

    example = EXAMPLES["family"]
    serializer_class = FamilySerializer

    def get_queryset(self):
        return Family.objects.published().for_readers()


class ProviderViewSet(CatalogueViewSet):
    """Who serves models."""

    example = EXAMPLES["provider"]
    serializer_class = ProviderSerializer

    def get_queryset(self):
        return Provider.objects.published()


class OfferingViewSet(PublishableViewSet):
    """Models as providers serve them, with their prices. An offering has no page and no slug: it is found by its id."""

    example = EXAMPLES["offering"]
    serializer_class = OfferingSerializer
    lookup_field = "pk"
    lookup_url_kwarg = "id"
    lookup_value_regex = KEY.pattern
    name_words = "Its id."
    name_schema = {"pattern": f"^{KEY.pattern}$"}
    filters = (
        RecordFilter("provider", "provider", Provider, "Of a provider, by its slug or id."),
        RecordFilter("model", "model", AIModel, "Of a model, by its slug or id."),
    )

    def get_queryset(self):
        return (
            Offering.objects.published()
            .select_related("provider", "model")
            .prefetch_related(
                Prefetch("evidence", Evidence.objects.select_related("source")),
                *with_evidence("prices", Price.objects.all()),
                *with_evidence("events", LifecycleEvent.objects.for_readers()),
            )
        )

    def by_slug(self, records, name):
        return None

    def record_elsewhere(self, name):
        raise Http404
