from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from catalog.models import AIModel, Evidence, Family, LifecycleEvent, Modality, Offering, Price, Provider, Vendor
from catalog.serializers import (
    AIModelSerializer,
    FamilySerializer,
    ModalitySerializer,
    OfferingSerializer,
    ProviderSerializer,
    VendorSerializer,
)
from publishing.api.pagination import whole_number
from publishing.api.viewsets import PublishableViewSet


def with_evidence(lookup: str, queryset=None) -> list[Prefetch]:
    """Prefetch `lookup` and the evidence of each of its rows."""
    evidence = Prefetch(f"{lookup}__evidence", Evidence.objects.select_related("source"))
    return [Prefetch(lookup, queryset), evidence] if queryset is not None else [lookup, evidence]


class AIModelViewSet(PublishableViewSet):
    serializer_class = AIModelSerializer
    parameters = ("unverified",)

    def get_queryset(self):
        # Asked for by its address, an unverified name answers; the list has it only on demand.
        shows_all = self.detail or whole_number(self.request, "unverified", 0, least=0, most=1)
        models = AIModel.objects.published() if shows_all else AIModel.objects.listed()
        return models.for_readers().prefetch_related(
            "aliases",
            "benchmarks",
            "weights",
            Prefetch("evidence", Evidence.objects.select_related("source")),
            *with_evidence("events", LifecycleEvent.objects.for_readers()),
        )

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "unverified",
                {"type": "integer", "enum": [0, 1]},
                description="1: also the names for which no source of the maker was found.",
            )
        ]
    )
    def list(self, request, *args, **kwargs):
        return super().list(request, *args, **kwargs)


class VendorViewSet(PublishableViewSet):
    serializer_class = VendorSerializer

    def get_queryset(self):
        return Vendor.objects.published()


class ModalityViewSet(PublishableViewSet):
    serializer_class = ModalitySerializer

    def get_queryset(self):
        return Modality.objects.published()


class FamilyViewSet(PublishableViewSet):
    serializer_class = FamilySerializer

    def get_queryset(self):
        return Family.objects.published().for_readers()


class ProviderViewSet(PublishableViewSet):
    serializer_class = ProviderSerializer

    def get_queryset(self):
        return Provider.objects.published()


@extend_schema_view(
    retrieve=extend_schema(
        parameters=[OpenApiParameter("id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)]
    )
)
class OfferingViewSet(PublishableViewSet):
    serializer_class = OfferingSerializer
    lookup_field = "pk"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[0-9]{1,18}"

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
