"""A page as one Markdown file: front matter first, then its title and text."""

import json
from operator import methodcaller

from django.http import HttpResponse
from django.utils.encoding import iri_to_uri

from ops.http.urls import absolute
from publishing.content.facts import Ended
from publishing.rendering.markdown.blocks import link, plain
from publishing.richtext.allowlist import UNSTORABLE

CONTENT_TYPE = "text/markdown; charset=utf-8"


def markdown_document(front: dict, *blocks: str) -> str:
    """Return YAML front matter (JSON is valid YAML) without empty values, which are unknown, and the blocks."""
    filled = {name: value for name, value in front.items() if value not in (None, "", [])}
    lines = [
        f"{name}: {json.dumps(value, ensure_ascii=False, default=methodcaller('isoformat'))}"
        for name, value in filled.items()
    ]
    matter = "\n".join(["---", *lines, "---"])
    # YAML treats these as line ends, JSON does not escape them.
    matter = matter.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return UNSTORABLE.sub("", "\n\n".join(filter(None, [matter, *blocks])) + "\n")


def markdown_response(text: str, canonical: str) -> HttpResponse:
    """Return the response. Search engines should index the page instead of this."""
    response = HttpResponse(text, content_type=CONTENT_TYPE)
    response.headers["X-Robots-Tag"] = "noindex"
    address = iri_to_uri(canonical).replace(">", "%3E")
    response.headers["Link"] = f'<{address}>; rel="canonical"'
    return response


def ended_block(ended: list[Ended]) -> str:
    """Return the notice about retired records, like `components/ended.html`; "" if there are none."""
    if not ended:
        return ""
    title = "Models whose facts are used here are retired:"
    if len(ended) == 1:
        title = "A model whose facts are used here is retired:"
    return "\n".join([f"> **{title}**", ">", *(f"> - {_item(item)}" for item in ended)])


def _item(item: Ended) -> str:
    line = link(item.title, absolute(item.url))
    if item.since:
        line += f", since {item.since}"
    if item.replacement_url:
        line += f"; replaced by {link(item.replacement, absolute(item.replacement_url))}"
    elif item.replacement:
        line += f"; replaced by {plain(item.replacement)}"
    return line
