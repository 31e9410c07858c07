"""The page for partners who read the catalogue by program, and the files for them."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ops.http.decorators import safe_only
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from publishing.pages.metadata import page_metadata
from publishing.site.call_to_action import CallToActionLink, contact_address

DOCS = Path(settings.BASE_DIR) / "docs"
CONTENT_TYPES = {
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".py": "text/x-python; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
EXAMPLE_SITE = "https://www.example.com"


@cache
def partner_files() -> dict[str, Path]:
    """Return the guide, the client, test vectors and recorded responses by their names below /partners/."""
    names = ("partners.md", "mirror.py", "feed-vectors.json", "notices.txt")
    paths = [*(DOCS / name for name in names), *(DOCS / "fixtures").iterdir()]
    return {str(path.relative_to(DOCS)): path for path in paths}


@safe_only
def partner_file(request, name: str):
    """Serve one of the files; in the guide, commands use the address of this site."""
    path = partner_files().get(name)
    if path is None:
        raise Http404
    text = path.read_text()
    if name == "partners.md":
        text = text.replace(EXAMPLE_SITE, settings.SITE_URL)
    return HttpResponse(text, content_type=CONTENT_TYPES[path.suffix])


def key_call(path: str) -> CallToActionLink:
    """Return the call to action on pages about the API."""
    return CallToActionLink(
        title="Do you use this data in a program?",
        text="Tell us what for and how often. You get a key, and we can notify you before something changes.",
        label="Request a key",
        address=contact_address(path, kind="api_key"),
    )


@cacheable()
@safe_only
def partners(request):
    description = "The catalogue of AI models as data: content, first request, terms of use."
    context = {
        "summary": description,
        "base_url": absolute(reverse("api-root")),
        "models_url": absolute(reverse("api-models-list")),
        "openapi_url": absolute(reverse("api-openapi")),
        "default_limit": DEFAULT_LIMIT,
        "max_limit": MAX_LIMIT,
        "licence": settings.DATA_LICENCE,
        "calls": [key_call(reverse("partners"))],
        "metadata": page_metadata(request, "For partners", description),
    }
    return render(request, "publishing/partners.html", context)
