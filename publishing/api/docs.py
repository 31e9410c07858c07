"""The root of the API and its OpenAPI document."""

from functools import cache

from django.conf import settings
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from ops.http.urls import absolute
from publishing.api.filters import refuse_unknown
from publishing.api.schemas import ref
from publishing.api.viewsets import read_only


@cache
def openapi_document() -> dict:
    """Return the OpenAPI 3.1 document. It depends on the code only, so it is generated once per process."""
    return SchemaGenerator().get_schema(request=None, public=True)


@extend_schema(exclude=True)
@read_only
def openapi(request):
    refuse_unknown(request)
    return Response(openapi_document(), content_type="application/vnd.oai.openapi+json;version=3.1")


@extend_schema(
    operation_id="get_root",
    summary="Show what there is",
    description="The collections, the licence, and where all this is explained.",
    tags=["root"],
    responses={200: OpenApiResponse(ref("Root"), description="The way into the API.")},
)
@read_only
def api_root(request, router, parts):
    """List the collections and the documentation. `parts` are functions that return what apps add."""
    refuse_unknown(request)
    collections = {prefix: absolute(reverse(f"{name}-list")) for prefix, _, name in router.registry}
    return Response(root_of(collections) | {name: describe() for name, describe in parts.items()})


def root_of(collections: dict[str, str]) -> dict:
    """Return the general part of the root; `collections` are addresses by name."""
    return {
        "name": "Vitrine API",
        "version": "1",
        "documentation": absolute(reverse("api-docs")),
        "changelog": absolute(reverse("api-changelog")),
        "openapi": absolute(reverse("api-openapi")),
        "licence": settings.DATA_LICENCE,
        "partners": absolute(reverse("partners")),
        "collections": collections,
    }
