"""Endpoints of records."""

from datetime import UTC

from django.http import Http404
from django.utils import timezone
from rest_framework.viewsets import ReadOnlyModelViewSet

from publishing.api.unknown import refuse_unknown
from publishing.errors import Gone
from publishing.models import Publishable


class PublishableViewSet(ReadOnlyModelViewSet):
    """Lists and shows what is published. Subclasses give `serializer_class`, and in `get_queryset` the published
    records with all that it reads prefetched."""

    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    parameters: tuple[str, ...] = ()

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
        refuse_unknown(request, known)
