"""The base of endpoints for records."""

from collections.abc import Callable
from datetime import UTC
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import ResolverMatch, reverse
from django.utils import timezone
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from ops.http.errors import Gone
from ops.http.urls import absolute
from publishing.api.filters import KEY, SLUG, ParameterFilters, refuse_unknown
from publishing.api.pagination import KeysetPagination
from publishing.content.publishable import Publishable
from publishing.content.redirect import Redirect


class RecordSchema(AutoSchema):
    """The OpenAPI description of a list or record; `publishing.api.document` adds what all operations share."""

    view: "PublishableViewSet"

    def get_summary(self):
        meta = self.view.model._meta
        return f"List {meta.verbose_name_plural}" if self.view.action == "list" else f"Show one {meta.verbose_name}"

    def get_description(self):
        """Return the endpoint's own docstring; that of the base class is for programmers of this site."""
        return type(self.view).__dict__.get("__doc__") or ""

    def get_operation_id(self):
        meta = self.view.model._meta
        return f"list_{meta.verbose_name_plural}" if self.view.action == "list" else f"get_{meta.verbose_name}"

    def get_response_serializers(self):
        for name, schema in self.view.components.items():
            self.registry.register_on_missing(ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name))
        return {"200": self.view.record_schema}

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        operation = cast(dict, super().get_operation(path, path_regex, path_prefix, method, registry))
        answer, example = operation["responses"]["200"], self.view.example
        if self.view.action == "list":
            answer["description"] = "A page of the list. `next` and the `Link` say where the following one is."
            answer["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
            if schema := self.view.components.get(self.view.record_schema["$ref"].rpartition("/")[2]):
                example = {name: example[name] for name in schema["properties"]}
            after = example["id"] if example.get("id", "").isdigit() else "17"
            example = {"items": [example], "next": f"{absolute(path)}?after={after}&limit=1"}
        else:
            answer["description"] = "The record."
            (parameter,) = (candidate for candidate in operation["parameters"] if candidate["in"] == "path")
            parameter["description"] = self.view.name_words
            parameter["example"] = {**example.get("data", {}), **example}.get(parameter["name"])
            parameter["schema"] = {"type": "string", "minLength": 1, **self.view.name_schema}
        operation["parameters"] += self.view.parameters
        answer["content"]["application/json"]["example"] = example
        return operation


class PublishableViewSet(ReadOnlyModelViewSet):
    """Lists and shows published records, found by id or slug; other and former names redirect to the slug (301).

    Subclasses implement `get_queryset` with the published records, and `documents` with their JSON.
    """

    schema = RecordSchema()
    http_method_names = ["get", "head"]
    lookup_field = "slug"
    lookup_value_regex = "[^/]+"
    key_field = "pk"  # the column used for pagination
    name_words = "Its id, its slug or an earlier name."
    name_schema: dict = {}
    components: dict = {}  # schemas that are added to the OpenAPI document
    record_schema: dict  # a reference to one of them
    example: dict  # a response for the documentation
    filter_backends: list[type[ParameterFilters]] = [ParameterFilters]
    paginator: KeysetPagination
    filters: tuple = ()
    parameters: tuple[dict, ...] = ()  # of lists and single records, for OpenAPI

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        with timezone.override(UTC):  # API times are in UTC in every time zone of the site
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if self.action is None:  # the method is not allowed, which DRF reports next
            return
        allowed = {parameter["name"] for parameter in self.parameters}
        if self.action == "list":
            allowed |= {*self.paginator.parameters}
            allowed |= {name for backend in self.filter_backends for name in backend().names(self)}
        refuse_unknown(request, allowed)

    def documents(self, records: list) -> list[dict]:
        """Return the documents of these records, as `record_schema` describes them. The number of queries must not
        depend on the number of records."""
        raise NotImplementedError

    def retrieve(self, request, *args, **kwargs):
        name = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        if "\x00" in name:
            raise Http404
        record = self.find(name)
        if record is not None:
            return self.answer(record)
        address = reverse(
            cast(ResolverMatch, request.resolver_match).view_name, args=[self.record_elsewhere(name).slug]
        )
        return HttpResponsePermanentRedirect(absolute(address))

    def find(self, name: str) -> Model | None:
        """Return the published record of this id or slug, or None."""
        return self.by_id(self.get_queryset(), name) or self.by_slug(self.get_queryset(), name)

    def answer(self, found: Any) -> Response:
        return Response(self.documents([found])[0])

    def by_id(self, records: QuerySet, name: str) -> Publishable | None:
        return records.filter(pk=name).first() if KEY.fullmatch(name) else None

    def by_slug(self, records: QuerySet, name: str) -> Publishable | None:
        return records.filter(slug=name).first() if SLUG.fullmatch(name) else None

    def record_elsewhere(self, name: str) -> Publishable:
        """Return the published record of another or former name. Raises Gone if it is archived, else Http404."""
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
        """Return the primary key of the record with this former slug. Subclasses support further names."""
        paths = self.addresses(name) if SLUG.fullmatch(name) else []
        redirect = Redirect.objects.filter(path__in=paths).select_related("target_type").first()
        if redirect and redirect.is_gone:
            raise Gone
        if redirect and redirect.target_type and redirect.target_type.model_class() is self.model:
            return redirect.target_id
        return None

    def addresses(self, slug: str) -> list[str]:
        """Return the addresses of the pages that a record with this slug may have."""
        return [self.model.address_of(slug)]

    @property
    def model(self) -> type[Publishable]:
        return self.get_queryset().model

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        records = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.documents(records or []))


def read_only(view: Callable) -> Callable:
    """Make an endpoint of a function that allows GET and HEAD only, and names them in 405 responses."""
    endpoint = api_view(["GET", "HEAD"])(view)
    endpoint.cls.http_method_names = ["get", "head"]
    return endpoint
