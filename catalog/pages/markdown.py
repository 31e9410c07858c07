"""The page of a model as Markdown: the recorded facts with the numbers of their sources.

It lists dated events instead of the present status, which would change without an edit. Prices are those of today.
"""

from django.template.loader import render_to_string

from catalog.models import AIModel
from catalog.pages.model_page import ModelPage
from ops.http.urls import absolute
from publishing.rendering.markdown import markdown_document
from publishing.rendering.texts import Texts


def model_markdown(model: AIModel, page: ModelPage) -> str:
    url = absolute(model.get_absolute_url())
    name = f"“{model.name}”" if model.is_unverified else model.name
    body = Texts(model.body, is_absolute=True).markdown(model.body, url)
    text = render_to_string("catalog/model.md", {"model": model, "page": page, "name": name, "body": body})
    return markdown_document(
        {
            "title": name,
            "url": url,
            "description": model.summary,
            "vendors": [vendor.name for vendor in page.vendors],
            "released": model.released_on,
            "facts_checked": model.checked_on,
            "published": model.first_published_at,
            "updated": model.last_changed_at,
            "sources": [
                {"title": note.title, **({"url": note.url} if note.url else {}), "read": note.read_on}
                for note in page.notes.values()
            ],
        },
        text.strip(),
    )
