"""The API about itself: its root, its OpenAPI document, and that document as a page."""

from functools import cache

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.response import Response

from publishing.addresses import absolute
from publishing.api.partners import key_call
from publishing.metadata import page_metadata
from publishing.safety import safe_only


@cache
def openapi_document() -> dict:
    """The OpenAPI 3.1 document: it follows from the code alone, so one process makes it once."""
    return SchemaGenerator().get_schema(request=None, public=True)


@extend_schema(exclude=True)
@api_view(["GET", "HEAD"])
def openapi(request):
    return Response(openapi_document(), content_type="application/vnd.oai.openapi+json;version=3.1")


@extend_schema(exclude=True)
@api_view(["GET", "HEAD"])
def api_root(request, router, parts):
    """Name the collections and where the documentation is. `parts` are functions for what apps say of themselves."""
    collections = {prefix: absolute(reverse(f"{name}-list")) for prefix, _, name in router.registry}
    body = {
        "name": "Vitrine API",
        "version": "1",
        "documentation": absolute(reverse("api-docs")),
        "openapi": absolute(reverse("api-openapi")),
        "licence": settings.DATA_LICENCE,
        "partners": absolute(reverse("partners")),
        "collections": collections,
        **{name: describe() for name, describe in parts.items()},
    }
    return Response(body)


@safe_only
def api_docs(request):
    document = openapi_document()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    context = {
        "operations": operations,
        "schema_url": reverse("api-openapi"),
        "base_url": absolute(reverse("api-root")),
        "calls": [key_call(reverse("api-docs"))],
        "metadata": page_metadata(
            request, "API", "How to read the catalogue, the articles and the answers by program."
        ),
    }
    return render(request, "publishing/api_docs.html", context)
