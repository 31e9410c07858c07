"""Snippets: written once, shown in other texts, followed by everything that depends on those."""

import pytest
from django.core.exceptions import ValidationError

from catalog.models import AIModel
from publishing.content.reference import Reference
from publishing.content.snippet import Snippet
from publishing.images.models import Image
from publishing.quality.staleness import FactChange, passages_of
from publishing.quality.where_used import where_used
from publishing.rendering.compiled_text import CompiledText
from publishing.rendering.compiler import key_of
from publishing.rendering.texts import Texts
from publishing.richtext import clean
from publishing.richtext.snippets import with_snippets
from publishing.search.entry import SearchText
from publishing.search.record_picker import find
from tests import factories
from tests.catalog import factories as catalog
from tests.stale import stale_passages

pytestmark = pytest.mark.django_db


def snippet(body="<p>Ask us first.</p>", name="Advice"):
    return Snippet.objects.create(name=name, body=body)


def shown(record):
    return f'<figure data-snippet="ref:publishing.snippet/{record.pk}"></figure>'


def html(body):
    return Texts(body).html(body)


def test_a_text_shows_the_snippet_as_it_is_now():
    advice = snippet()
    body = f"<p>Before.</p>{shown(advice)}<p>After.</p>"
    article = factories.article(body=body)
    assert article.body == body
    assert html(body) == "<p>Before.</p><p>Ask us first.</p><p>After.</p>"
    advice.body = "<p>Ask <strong>them</strong>.</p>"
    advice.save()
    assert html(body) == "<p>Before.</p><p>Ask <strong>them</strong>.</p><p>After.</p>"
    assert Texts(body).markdown(body) == "Before.\n\nAsk **them**.\n\nAfter."
    assert Texts(body).plain_text(body) == "Before. Ask them. After."
    assert SearchText.objects.get(entry__source_id=article.pk).body == "Before. Ask them. After."
    advice.delete()
    assert html(body) == "<p>Before.</p><p>After.</p>"


def test_only_the_reference_is_stored():
    advice = snippet()
    assert clean(with_snippets(shown(advice))) == shown(advice)
    assert clean('<figure data-snippet="ref:publishing.image/1"></figure>') == ""


def test_pages_with_a_snippet_compile_nothing_and_cost_one_query_more(django_assert_num_queries):
    advice = snippet()
    body = f"<p>Before.</p>{shown(advice)}"
    factories.article(body=body)
    assert CompiledText.objects.filter(pk=key_of(with_snippets(body))).exists()
    Snippet.objects.filter(pk=advice.pk).update(body="<p>Other.</p>")
    assert CompiledText.objects.filter(pk=key_of(with_snippets(body))).exists()
    with django_assert_num_queries(2):
        assert "Other." in html(body)


def test_a_snippet_contains_no_snippet():
    inner = snippet()
    with pytest.raises(ValidationError, match="cannot contain another"):
        Snippet(name="Outer", body=shown(inner)).full_clean()
    outer = snippet(f"<p>Outer.</p>{shown(inner)}", "Outer")
    assert html(shown(outer)) == "<p>Outer.</p>"


def test_a_fact_in_a_snippet_concerns_every_text_that_shows_it():
    model = catalog.model(name="Sample", context_tokens=128_000)
    fact = f'<a href="fact:catalog.aimodel/{model.pk}/context_tokens">128,000 tokens</a>'
    advice = snippet()
    article = factories.article(body=shown(advice))
    other = factories.article(body="<p>Nothing.</p>")
    advice.body = f"<p>It reads {fact} at once.</p>"
    advice.save()
    assert stale_passages() == {}
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    [passage] = passages_of(article)
    assert passage.sentence == "It reads 128,000 tokens at once."
    assert passage.changes == (FactChange("Context window", "128,000 tokens", "200,000 tokens"),)
    assert passages_of(other) == []
    assert "200,000 tokens" in html(article.body)


def test_names_and_images_in_a_snippet_belong_to_the_texts_that_show_it():
    image, model = factories.image(), catalog.model(name="Sample 4")
    body = f'<p>Use Sample 4 for this.</p><figure><img src="ref:publishing.image/{image.pk}" alt=""></figure>'
    article = factories.article(body=shown(snippet(body)))
    assert [use.source for use in where_used(image)] == [article]
    named = Reference.objects.to(AIModel, [model.pk])
    assert [row.source for row in named] == [article]
    assert Image.objects.count() == 1


def test_a_snippet_in_use_cannot_be_deleted_in_the_admin(admin_client):
    advice = snippet()
    article = factories.article(body=shown(advice), title="Shows it")
    assert [(use.source, use.how) for use in where_used(advice)] == [(article, "as a snippet")]
    page = admin_client.get(f"/admin/publishing/snippet/{advice.pk}/change/")
    assert "Shows it" in page.content.decode()
    admin_client.post(f"/admin/publishing/snippet/{advice.pk}/delete/", {"post": "yes"})
    assert Snippet.objects.filter(pk=advice.pk).exists()


def test_editors_find_snippets_by_name():
    advice = snippet()
    found = {"ref": f"publishing.snippet/{advice.pk}", "title": "Advice", "kind": "Ask us first."}
    assert find(factories.administrator(), "adv", "publishing.snippet") == [found]
    assert find(factories.administrator(), f"ref:publishing.snippet/{advice.pk}") == [found]
    assert find(factories.administrator(), "Ask", "publishing.snippet") == []
