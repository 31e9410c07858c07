"""Texts are read before a transaction begins, since no other process can write to SQLite while one is open."""

import pytest
from django.db import connection

from publishing.content.snippet import Snippet
from publishing.revisions.snapshot import read
from publishing.richtext import reading
from publishing.site.models import SiteSettings
from publishing.workflow.actions import Action, ActionRequest, perform_action
from publishing.workflow.preview import page_of
from tests import factories
from tests.articles.sections.test_page import landing

pytestmark = pytest.mark.django_db(transaction=True)
PARAGRAPHS = "".join(f"<p>Paragraph {number} about GPT-4o, the cheapest model since 2024.</p>" for number in range(100))


@pytest.fixture
def read_inside(monkeypatch):
    """The texts that are read inside a transaction: for compiling, for names, and for claims."""
    texts, parse = [], reading.parse

    def noted(html):
        if connection.in_atomic_block:
            texts.append(html)
        return parse(html)

    monkeypatch.setattr(reading, "parse", noted)
    return texts


def with_body(number):
    return factories.article(), {"body": f"{PARAGRAPHS}<p>{number}</p>"}


def with_sections(number):
    page = landing([{"type": "text", "title": "Before"}])
    text = {"type": "text", "title": "Words", "body": f"{PARAGRAPHS}<p>{number}</p>"}
    return page, {"sections": [*read(page)["fields"]["sections"], text]}


def with_snippet(number):
    snippet = Snippet.objects.create(name=f"Terms {number}", body=f"{PARAGRAPHS}<p>{number}</p>")
    return factories.article(), {"body": f'<figure data-snippet="ref:publishing.snippet/{snippet.pk}"></figure>'}


@pytest.mark.parametrize("made", [with_body, with_sections, with_snippet])
def test_a_preview_reads_no_new_text_inside_its_transaction(made, read_inside):
    record, fields = made("preview")
    content = read(record)
    content["fields"] |= fields
    read_inside.clear()
    page, problems = page_of(record, content, SiteSettings.objects.current())
    assert (page.status_code, problems) == (200, [])
    assert b"Paragraph 99" in page.content
    assert not [text for text in read_inside if "Paragraph 99" in text]


@pytest.mark.parametrize("made", [with_body, with_sections, with_snippet])
def test_a_publication_reads_no_new_text_inside_its_transaction(made, read_inside, administrator):
    record, fields = made("publish")
    content = read(record)
    content["fields"] |= fields
    read_inside.clear()
    perform_action(record, ActionRequest(Action.PUBLISH, content, administrator))
    assert not [text for text in read_inside if "Paragraph 99" in text]
