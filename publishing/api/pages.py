"""The pages about the API: its documentation and its changelog."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from markdown_it import MarkdownIt

from ops.http.decorators import safe_only
from ops.http.errors import PROBLEM_CONTENT_TYPE
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.api.docs import openapi_document
from publishing.api.document import ERRORS
from publishing.api.keys import SCHEME
from publishing.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from publishing.api.partners import key_call
from publishing.api.reference import collections_of
from publishing.pages.metadata import page_metadata
from publishing.rendering.filled_body import Heading
from publishing.rendering.texts import Texts
from publishing.richtext import clean
from publishing.site.call_to_action import contact_address

ABOUT = "How to read the catalogue, the articles and the answers by program: addresses, keys, quotas, errors."
ABOUT_CHANGES = "What was added to the API, and what is to go, each with its date."
CHANGES = clean(MarkdownIt().render(Path(__file__).with_name("changelog.md").read_text("utf-8")))
# The named problems: the meaning of each, and what clients can do about it.
PROBLEMS = tomllib.loads(Path(__file__).with_name("problems.toml").read_text("utf-8"))["problem"]
SECTIONS = {
    "start": "A first request",
    "reading": "How answers are read",
    "keys": "Keys",
    "quotas": "Quotas",
    "endpoints": "Endpoints",
    "errors": "Errors",
    "status": "The status on a day",
    "changes": "How the API changes",
}


@cacheable()
@safe_only
def api_docs(request):
    collections = collections_of(openapi_document())
    contents = []
    for anchor, words in SECTIONS.items():
        contents.append(Heading(anchor, words, 2))
        if anchor == "endpoints":
            contents += [
                Heading(collection["anchor"], collection["name"].capitalize(), 3) for collection in collections
            ]
    context = {
        "about": ABOUT,
        "contents": contents,
        "sections": SECTIONS,
        "collections": collections,
        "problems": PROBLEMS,
        "problem_content_type": PROBLEM_CONTENT_TYPE,
        "statuses": {status: words for status, (words, *_) in ERRORS.items()},
        "base_url": absolute(reverse("api-root")),
        "models_url": absolute(reverse("api-models-list")),
        "openapi_url": reverse("api-openapi"),
        "key_url": contact_address(reverse("api-docs"), kind="api_key"),
        "scheme": SCHEME,
        "quota": _quota(),
        "limits": {"default": DEFAULT_LIMIT, "most": MAX_LIMIT},
        "licence": settings.DATA_LICENCE,
        "calls": [key_call(reverse("api-docs"))],
        "metadata": page_metadata(request, "API", ABOUT),
    }
    return render(request, "publishing/api_docs.html", context)


@cacheable()
@safe_only
def changelog(request):
    title, crumbs = "API changelog", [{"title": "API", "url": reverse("api-docs")}]
    crumbs.append({"title": title, "url": request.path})
    context = {
        "title": title,
        "about": ABOUT_CHANGES,
        "texts": Texts(CHANGES),
        "body": CHANGES,
        "breadcrumbs": crumbs,
        "metadata": page_metadata(request, title, ABOUT_CHANGES, crumbs=crumbs),
    }
    return render(request, "publishing/api_changelog.html", context)


def _quota() -> dict:
    return {"address": settings.API_QUOTA_ADDRESS, "key": settings.API_QUOTA_KEY, "seconds": settings.API_QUOTA_SECONDS}
