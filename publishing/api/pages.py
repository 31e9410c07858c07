"""The root of the API, its OpenAPI document, and the pages about it."""

from collections.abc import Callable
from functools import cache

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from ops.http.decorators import safe_only
from ops.http.errors import PROBLEM_CONTENT_TYPE
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from ops.toml_files import toml_beside
from publishing.api import changelog
from publishing.api.access import SCHEME
from publishing.api.document import ERRORS, METHODS, MOVED, PROMISE, root_of
from publishing.api.filters import refuse_unknown
from publishing.api.markdown import docs_as_markdown
from publishing.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from publishing.api.partner_files import guide_section
from publishing.api.quotas import Quota
from publishing.api.schemas import ref
from publishing.api.viewsets import read_only
from publishing.pages.feeds import alternates
from publishing.pages.metadata import Alternate, page_metadata
from publishing.rendering.filled_body import Heading
from publishing.rendering.markdown import markdown_response
from publishing.rendering.texts import Texts
from publishing.site.call_to_action import CallToActionLink, contact_address

ABOUT = "How to read the catalogue, articles and answers with a program: addresses, keys, quotas, errors."
# The named problems: the meaning of each, and what clients can do about it.
PROBLEMS = toml_beside(__file__, "problems.toml")["problem"]
SECTIONS = {
    "start": "A first request",
    "reading": "How to read responses",
    "copy": "Keep a copy up to date",
    "keys": "Keys",
    "quotas": "Quotas",
    "endpoints": "Endpoints",
    "errors": "Errors",
    "licence": "Licence and terms",
    "status": "The status on a day",
    "changes": "How the API changes",
}


@cache
def openapi_document() -> dict:
    """Return the OpenAPI 3.1 document. It depends on the code only, so it is generated once per process."""
    return SchemaGenerator().get_schema(request=None, public=True)


@extend_schema(exclude=True)
@read_only
def openapi(request: Request) -> Response:
    refuse_unknown(request)
    return Response(openapi_document(), content_type="application/vnd.oai.openapi+json;version=3.1")


@extend_schema(
    operation_id="get_root",
    summary="Show the root",
    description="The collections, the licence and links to the documentation.",
    tags=["root"],
    responses={200: OpenApiResponse(ref("Root"), description="Entry point of the API.")},
)
@read_only
def api_root(request: Request, router: BaseRouter, parts: dict[str, Callable[[], object]]) -> Response:
    """List the collections and the documentation. `parts` are functions that return what apps add."""
    refuse_unknown(request)
    collections = {prefix: absolute(reverse(f"{name}-list")) for prefix, _, name in router.registry}
    return Response(root_of(collections) | {name: describe() for name, describe in parts.items()})


@cacheable()
@safe_only
def api_docs(request: HttpRequest) -> HttpResponse:
    markdown = Alternate("text/markdown", absolute(reverse("api-docs-markdown")))
    others = (markdown, *alternates(changelog.TITLE, changelog.feed_addresses()))
    context = _docs_context() | {"metadata": page_metadata(request, "API", ABOUT, alternates=others)}
    return render(request, "publishing/api_docs.html", context)


@cacheable()
@safe_only
def api_docs_markdown(request: HttpRequest) -> HttpResponse:
    return markdown_response(docs_as_markdown(_docs_context()), absolute(reverse("api-docs")))


def _docs_context() -> dict:
    collections = collections_of(openapi_document())
    contents = []
    for anchor, title in SECTIONS.items():
        contents.append(Heading(anchor, title, 2))
        if anchor == "endpoints":
            contents += [
                Heading(collection["anchor"], collection["name"].capitalize(), 3) for collection in collections
            ]
    status_rules = guide_section("Status on a day")
    return {
        "about": ABOUT,
        "contents": contents,
        "sections": SECTIONS,
        "collections": collections,
        "problems": PROBLEMS,
        "content_type": PROBLEM_CONTENT_TYPE,
        "statuses": {status: description for status, (description, *_) in ERRORS.items()},
        "methods": METHODS,
        "moved": MOVED,
        "promise": PROMISE,
        "base_url": absolute(reverse("api-root")),
        "models_url": absolute(reverse("api-models-list")),
        "openapi_url": reverse("api-openapi"),
        "key_url": contact_address(reverse("api-docs"), kind="api_key"),
        "scheme": SCHEME,
        "quota": {
            "address": settings.API_QUOTA_ADDRESS,
            "key": settings.API_QUOTA_KEY,
            "seconds": settings.API_QUOTA_SECONDS,
            "headers": _quota_example().headers,
        },
        "limits": {"default": DEFAULT_LIMIT, "most": MAX_LIMIT},
        "licence": settings.DATA_LICENCE,
        "texts": Texts(status_rules, changelog.CHANGES),
        "status_rules": status_rules,
        "changelog": changelog.CHANGES,
        "calls": [
            CallToActionLink(
                title="Do you use this data in a program?",
                text="Tell us what for and how often. You get a key, and we can notify you before something changes.",
                label="Request a key",
                address=contact_address(reverse("api-docs"), kind="api_key"),
            )
        ],
    }


def _quota_example() -> Quota:
    """Return the quota after a first request without a key, or with one if only keys have a quota."""
    name, limit = (
        ("address", settings.API_QUOTA_ADDRESS) if settings.API_QUOTA_ADDRESS else ("key", settings.API_QUOTA_KEY)
    )
    return Quota(name, limit, settings.API_QUOTA_SECONDS, used=1, reset_seconds=settings.API_QUOTA_SECONDS, key="")


def collections_of(document: dict) -> list[dict]:
    """Return the tags of the document in order, each with an `anchor` and its `operations`, completed for the page."""
    operations_by_tag = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = [_parameter(parameter) for parameter in operation["parameters"] if "$ref" not in parameter]
            page_fields = {
                "path": path,
                "method": method.upper(),
                "parameters": parameters,
                "example": _example(operation),
            }
            operations_by_tag[operation["tags"][0]].append(operation | page_fields)
    return [
        tag | {"anchor": f"at-{tag['name']}", "operations": operations_by_tag[tag["name"]]} for tag in document["tags"]
    ]


def _parameter(parameter: dict) -> dict:
    schema = parameter["schema"]
    is_list = schema.get("type") == "array"
    item = schema["items"] if is_list else schema
    name = "whole number" if item.get("type") == "integer" else "text"
    if item.get("enum"):
        name = "one of"
    elif item.get("maximum", 10**9) < 10**9:
        name = f"{name}, {item.get('minimum', 0)} to {item['maximum']}"
    name += ", repeatable or with commas" if is_list else ""
    return parameter | {"type": name, "values": item.get("enum", []), "default": schema.get("default")}


def _example(operation: dict) -> str:
    for content in operation["responses"]["200"].get("content", {}).values():
        if "example" in content:
            example = content["example"]
            return example if isinstance(example, str) else orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()
    return ""
