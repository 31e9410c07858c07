"""The notice on pages whose texts mention retired models."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html as lxml_html

from catalog.models import AIModel, Evidence
from tests import factories
from tests.catalog import factories as catalog
from tests.publishing.pages.test_metadata import graph_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def retired(name, since="2026-06-01", **event):
    model = catalog.model(name=name)
    model.events.create(kind="released", date="2024-01-01")
    model.events.create(kind="retired", date=since, **event)
    return model


def naming(*models):
    return "".join(f'<p>Of <a href="fact:catalog.aimodel/{model.pk}/name">this</a>.</p>' for model in models)


def notice(client, record):
    found = lxml_html.fromstring(client.get(record.get_absolute_url()).text).xpath(
        '//aside[@aria-label="Retired models"]'
    )
    return found[0] if found else None


def said(element) -> list[str]:
    return [" ".join(item.text_content().split()) for item in element.iter("li")]


@pytest.fixture
def models(time_machine):
    time_machine.move_to("2026-11-24T12:00:00Z")
    successor = catalog.model(name="Next")
    hidden = catalog.model(name="Hidden", state="draft")
    by_event = retired("By event", replaced_by=successor)
    by_record = retired("By record")
    AIModel.objects.filter(pk=by_record.pk).update(replaced_by=successor)
    in_words = retired("In words", replacement_name="somebody-else")
    return [by_event, by_record, in_words, retired("Unseen next", replaced_by=hidden)]


def test_readers_are_told_since_when_and_what_replaces_it(client, models):
    by_event, by_record, in_words, unseen = models
    Evidence.objects.create(event=in_words.events.get(kind="retired"), source=catalog.source(), confidence="disputed")
    article = factories.article(body=naming(by_record, by_event, catalog.model(name="Alive")))
    found = notice(client, article)
    assert said(found) == [f"{name}, since 1 June 2026; replaced by Next" for name in ("By record", "By event")]
    assert [link.get("href") for link in found.iter("a")][1] == "/catalog/models/next/"
    assert found.find(".//details") is None
    question = factories.question(answer=naming(unseen, in_words))
    found = notice(client, question)
    assert said(found) == [
        "Unseen next, since 1 June 2026",
        "In words, since 1 June 2026 (not confirmed); replaced by somebody-else",
    ]
    markdown = client.get(question.markdown_url).text
    assert "> **Models whose facts are used here are retired:**" in markdown
    assert "; replaced by somebody-else" in markdown
    assert "retired" not in str(graph_of(client.get(article.get_absolute_url()).text))
    named_only = f'<p>Unlike <a href="ref:catalog.aimodel/{by_event.pk}">that</a>.</p>'
    assert notice(client, factories.article(body=named_only)) is None
    assert notice(client, factories.article(body=factories.comparison(by_event))) is not None
    catalog.event(
        model=AIModel.objects.get(name="Next"), kind="retired", date="2027-02-01", replaced_by=catalog.model()
    )
    newest = AIModel.objects.latest("pk")
    assert said(notice(client, article))[0] == f"By record, since 1 June 2026; replaced by {newest}"


@pytest.mark.parametrize("fact", ["retired_on", "deprecated_on", "status"])
def test_a_text_that_states_the_end_itself_needs_no_notice(client, models, fact):
    first, second, *_ = models
    says_so = f'<p>It ended on <a href="fact:catalog.aimodel/{first.pk}/{fact}">1 June 2026</a>.</p>'
    assert said(notice(client, factories.article(body=naming(first, second) + says_so))) == [
        "By record, since 1 June 2026; replaced by Next"
    ]
    assert notice(client, factories.article(body=factories.comparison(*models, facts=["context_tokens", fact]))) is None


def test_many_are_folded_away_and_none_say_nothing(client, models):
    article = factories.article(body=naming(*models))
    found = notice(client, article)
    assert " ".join(found.find(".//summary").text_content().split()) == "4 models whose facts are used here are retired"
    assert len(said(found)) == 4
    alive = catalog.model()
    alive.events.create(kind="retired", date="2027-01-01")
    assert notice(client, factories.article(body=naming(alive))) is None


def test_the_notice_appears_on_the_day_and_goes_with_the_record(client, time_machine):
    time_machine.move_to("2026-05-31T12:00:00Z")
    model = retired("Sample")
    article = factories.article(body=naming(model))
    assert notice(client, article) is None
    time_machine.move_to("2026-06-01T12:00:00Z")
    assert said(notice(client, article)) == ["Sample, since 1 June 2026"]
    AIModel.objects.filter(pk=model.pk).update(state="draft")
    assert notice(client, article) is None


@pytest.mark.parametrize("form", ["get_absolute_url", "markdown_url"])
def test_a_page_that_names_models_costs_one_query_more(client, form):
    def queries(body):
        article = factories.article(body=body)
        path = article.markdown_url if form == "markdown_url" else article.get_absolute_url()
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    # The models with their documents, and whether all is stamped.
    assert queries(naming(catalog.model(), catalog.model())) == queries("<p>Words.</p>") + 1
    retired = [catalog.event(model=catalog.model(), kind="retired", date="2026-01-01").model for _ in range(2)]
    assert queries(naming(*retired)) == queries("<p>Words.</p>") + 1
