"""Endpoints of records, and fields that they share."""

from datetime import UTC

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.viewsets import ReadOnlyModelViewSet

from publishing.addresses import absolute
from publishing.errors import Gone
from publishing.models import Publishable


class PublishableViewSet(ReadOnlyModelViewSet):
    """Lists and shows what is published. Subclasses give `serializer_class` and override `records`."""

    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    parameters: tuple[str, ...] = ()

    def records(self):
        """Return the published records with all that the serializer reads prefetched."""
        raise NotImplementedError

    def get_queryset(self):
        return self.records()

    def dispatch(self, request, *args, **kwargs):
        with timezone.override(UTC):  # wherever the site is, programs read times in UTC
            return super().dispatch(request, *args, **kwargs)

    def get_object(self):
        try:
            return super().get_object()
        except Http404:
            model = self.get_queryset().model
            if issubclass(model, Publishable) and model.objects.retired().filter(slug=self.kwargs["slug"]).exists():
                raise Gone from None
            raise

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        known = {*self.parameters, *(self.paginator.parameters if self.action == "list" else ())}
        unknown = sorted(request.query_params.keys() - known)
        if unknown:
            raise ValidationError({name[:100]: ["There is no such parameter."] for name in unknown[:20]})


class AbsoluteURLField(serializers.CharField):
    """The address of a record's page, with the name of the site."""

    def __init__(self, **kwargs):
        super().__init__(source="get_absolute_url", read_only=True, **kwargs)

    def to_representation(self, value):
        return absolute(value)
