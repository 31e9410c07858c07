"""llms.txt (llmstxt.org): an overview of the site for programs, with links to its texts as Markdown."""

from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ops.http.decorators import safe_only
from ops.http.urls import absolute, markdown_address
from ops.page_cache.decorator import cacheable
from publishing.content.registry import publishable_models
from publishing.rendering.markdown import heading, link, plain
from publishing.richtext.allowlist import UNSTORABLE
from publishing.richtext.sentences import shorten
from publishing.site.current import site_of

MOST = 50  # per kind; the list page of the kind has the rest
NOTE_LIMIT = 200


@cacheable()
@safe_only
def llms(request: HttpRequest) -> HttpResponse:
    site = site_of(request)
    pages = [page for model in publishable_models() if model.has_markdown for page in model.lists()]
    text = "\n\n".join(
        [
            heading(plain(site.shown_name), 1),
            f"> {plain(site.shown_tagline)}",
            "Each page below is also available as HTML, at its address without “.md” and with a slash at the end.",
            *filter(None, map(_section, pages)),
            _programs(),
        ]
    )
    return HttpResponse(UNSTORABLE.sub("", text) + "\n", content_type="text/plain; charset=utf-8")


def _section(page) -> str:
    model = page.records.model
    summary = model.summary_field or Value("")
    rows = list(page.records.values_list(model.title_field, summary, *model.address_fields)[: MOST + 1])
    if not rows:
        return ""
    lines = [
        _line(title, absolute(markdown_address(model.address_of(*address))), shorten(summary, NOTE_LIMIT))
        for title, summary, *address in rows[:MOST]
    ]
    if page.address:
        note = "" if len(rows) <= MOST else f"There are more than these {MOST}."
        lines.append(_line(f"All: {page.title}", absolute(page.address), note))
    return "\n".join([f"{heading(plain(page.title), 2)}\n", *lines])


def _programs() -> str:
    return "\n".join(
        [
            "## For programs\n",
            _line("API", absolute(reverse("api-docs")), "How to read all of this as JSON."),
            _line("OpenAPI document", absolute(reverse("api-openapi")), ""),
            _line("Sitemap", absolute(reverse("sitemap")), "Every page, with the day of its last change."),
        ]
    )


def _line(title: str, address: str, note: str) -> str:
    return f"- {link(title, address)}{f': {plain(note)}' if note else ''}"
