"""The page for those who read the catalogue by program, unattended and for years."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

from publishing.addresses import absolute
from publishing.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from publishing.calls import Call, contact_address
from publishing.metadata import page_metadata
from publishing.page_cache.keeping import kept
from publishing.safety import safe_only


def key_call(path: str) -> Call:
    """What pages about the API ask for."""
    return Call(
        title="Do you read this by program?",
        text="Tell us what for and how often. You get a key, and we know whom to tell before something changes.",
        label="Ask for a key",
        address=contact_address(path, kind="api_key"),
    )


@kept()
@safe_only
def partners(request):
    description = "The catalogue of AI models as data: what partners get, a first request, what it may be used for."
    context = {
        "standfirst": description,
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
