"""Endpoints of records."""

from datetime import UTC

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from ops.http.errors import Gone
from ops.http.urls import absolute
from publishing.api.filters import KEY, SLUG, ParameterFilters, refuse_unknown
from publishing.content.redirect import Redirect


class PublishableViewSet(ReadOnlyModelViewSet):
    """Lists and shows what is published. Subclasses give in `get_queryset` the published records, in `documents` what
    is said of them, and in `record_schema` its description.

    A record is found by its id and by its slug; other names that it has or had lead to the address by its slug (301).
    """

    http_method_names = ["get", "head"]
    lookup_field = "slug"
    lookup_value_regex = "[^/]+"
    key_field = "pk"  # by which pages of a list go on
    name_words = "Its id, its slug, or a name that it had."
    name_schema: dict = {}
    components: dict = {}  # schemas that the OpenAPI document gets from here
    record_schema: dict  # a reference to one
    example: dict  # a document as the endpoint gives it, for the documentation
    filter_backends = [ParameterFilters]
    filters: tuple = ()

    def dispatch(self, request, *args, **kwargs):
        with timezone.override(UTC):  # wherever the site is, programs read times in UTC
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.action is None:  # a method that is not allowed: that is said next
            return
        known = set()
        if self.action == "list":
            known = {*self.paginator.parameters, *(name for backend in self.backends() for name in backend.names(self))}
        refuse_unknown(request, known)

    def backends(self):
        return [backend() for backend in self.filter_backends]

    def documents(self, records: list) -> list[dict]:
        """Return what the answer says of these records, as `record_schema` describes it. As many queries for all as
        for one."""
        raise NotImplementedError

    def retrieve(self, request, *args, **kwargs):
        name = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        if "\x00" in name:
            raise Http404
        found = self.find(name)
        return self.redirect_to(self.record_elsewhere(name)) if found is None else self.answer(found)

    def find(self, name: str):
        """Return the published record of this id or slug, or None."""
        return self.by_id(self.get_queryset(), name) or self.by_slug(self.get_queryset(), name)

    def answer(self, found):
        return Response(self.documents([found])[0])

    def by_id(self, records, name: str):
        return records.filter(pk=name).first() if KEY.fullmatch(name) else None

    def by_slug(self, records, name: str):
        return records.filter(slug=name).first() if SLUG.fullmatch(name) else None

    def record_elsewhere(self, name: str):
        """Return the published record that `name`, which is neither id nor slug of one, leads to.

        Raises Gone for what was archived, Http404 for what is nothing.
        """
        retired = self.model.objects.retired()
        if self.by_id(retired, name) or self.by_slug(retired, name):
            raise Gone
        key = self.key_of_other_name(name)
        if key is None:
            raise Http404
        record = self.model.objects.published().filter(pk=key).first()
        if record is None:
            if retired.filter(pk=key).exists():
                raise Gone
            raise Http404
        return record

    def key_of_other_name(self, name: str) -> int | None:
        """Return the primary key of the record that stands where `name` once did. Subclasses know further names."""
        paths = self.addresses(name) if SLUG.fullmatch(name) else []
        redirect = Redirect.objects.filter(path__in=paths).select_related("target_type").first()
        if redirect and redirect.is_gone:
            raise Gone
        is_ours = redirect and redirect.target_type and redirect.target_type.model_class() is self.model
        return redirect.target_id if is_ours else None

    def addresses(self, slug: str) -> list[str]:
        """The pages at which a record of this slug would stand."""
        return [self.model.address_of(slug)]

    def redirect_to(self, record):
        address = reverse(self.request.resolver_match.view_name, args=[record.slug])
        return HttpResponsePermanentRedirect(absolute(address))

    @property
    def model(self):
        return self.get_queryset().model

    def list(self, request, *args, **kwargs):
        records = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.documents(records))


def read_only(view):
    """Make an endpoint of a function: GET and HEAD, and any other method is told of these two."""
    endpoint = api_view(["GET", "HEAD"])(view)
    endpoint.cls.http_method_names = ["get", "head"]
    return endpoint
