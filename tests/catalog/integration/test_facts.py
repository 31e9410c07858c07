"""Facts of models in texts: today's value in every form of a text that readers get, with its source."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, Evidence, Source
from catalog.rules.choices import Confidence
from publishing.content.facts import facts_to_choose
from publishing.content.reference import Reference
from publishing.rendering.filled_body import Heading
from publishing.rendering.texts import Texts
from publishing.richtext.document import mention, without_fact_words
from tests.catalog import factories

pytestmark = pytest.mark.django_db


def fact(model, name, words="words", wording=""):
    return f'<a href="fact:catalog.aimodel/{model.pk}/{name}{wording}">{words}</a>'


def rendered(body):
    return Texts(body).html(body)


def source(**values):
    return Source.objects.create(
        **{"title": "Models overview", "url": "https://example.com/models", "read_on": date(2026, 11, 3)} | values
    )


def vouch(model, name, found=None, **values):
    values = {"confidence": Confidence.VENDOR, "is_checked": True} | values
    return Evidence.objects.create(model=model, source=found or source(), fact=name, **values)


def test_a_fact_says_the_value_of_today():
    model = factories.model(context_tokens=200_000)
    body = f"<p>It reads {fact(model, 'context_tokens', '128,000 tokens')} at once.</p>"
    address = model.get_absolute_url()
    assert rendered(body) == f'<p>It reads <a href="{address}" class="fact">200,000 tokens</a> at once.</p>'
    AIModel.objects.filter(pk=model.pk).update(context_tokens=1_000_000)
    assert ">1,000,000 tokens</a>" in rendered(body)


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        ("", "200,000 tokens"),
        ("?up%20to%20{}", "up to 200,000 tokens"),
        ("?a%20window%20of%20{number}%20of%20them", "a window of 200,000 of them"),
        ("?nothing%20of%20it", "200,000 tokens"),
        ("?&lt;b&gt;{}", "&lt;b&gt;200,000 tokens"),
        ("?up%0Bto%00%1F%EF%BF%BF%ED%A0%80%20{}", "upto\ufffd\ufffd\ufffd 200,000 tokens"),
    ],
)
def test_an_editor_chooses_the_wording(wording, words):
    model = factories.model(context_tokens=200_000)
    assert f">{words}</a>" in rendered(f"<p>{fact(model, 'context_tokens', wording=wording)}</p>")


def test_its_source_stands_beside_the_text_once_for_all_facts_that_share_it():
    model = factories.model(context_tokens=200_000, max_output_tokens=64_000, licence="Apache-2.0")
    page = source(publisher="Example")
    for name in ("context_tokens", "max_output_tokens"):
        vouch(model, name, page)
    vouch(model, "licence", source(title="Licence", url="", read_on=date(2026, 1, 9)), is_checked=False)
    names = ("context_tokens", "max_output_tokens", "licence")
    html = rendered(f"<p>{' and '.join(fact(model, name) for name in names)}</p>")
    assert html.count('href="#fn:1"') == 2
    assert html.count('href="#fn:2"') == 1
    assert (
        'Example: <a href="https://example.com/models" rel="noopener">Models overview</a>, read on 3 November' in html
    )
    assert "Licence, read on 9 January 2026; from a list" in html
    assert "data-source" not in html


def test_the_best_source_is_named():
    model = factories.model(context_tokens=200_000)
    vouch(model, "context_tokens", source(title="Hearsay"), is_checked=False, confidence=Confidence.THIRD_PARTY)
    vouch(model, "context_tokens", source(title="The maker"))
    assert "The maker" in rendered(f"<p>{fact(model, 'context_tokens')}</p>")


def test_values_of_one_model_have_one_source_where_they_can():
    model = factories.model(context_tokens=200_000, max_output_tokens=64_000, licence="MIT")
    for name in ("context_tokens", "max_output_tokens"):
        vouch(model, name, source(title=f"Of {name} alone"))
    both = source(title="Of both")
    for name in ("context_tokens", "max_output_tokens"):
        vouch(model, name, both)
    html = rendered(f"<p>{fact(model, 'context_tokens')} in, {fact(model, 'max_output_tokens')} out</p>")
    assert html.count('href="#fn:1"') == 2
    assert "Of both" in html
    assert "alone" not in html
    vouch(model, "max_output_tokens", source(title="Newer", read_on=date(2026, 11, 20)))
    assert "Newer" in rendered(f"<p>{fact(model, 'context_tokens')}, {fact(model, 'max_output_tokens')}</p>")


def test_a_doubtful_value_is_called_so():
    model = factories.model(context_tokens=200_000)
    vouch(model, "context_tokens", confidence=Confidence.DISPUTED)
    html = rendered(f"<p>{fact(model, 'context_tokens')}</p>")
    assert ">200,000 tokens (doubtful)</a>" in html
    assert "; disputed" in html


def test_what_is_not_known_any_more_leaves_its_words_and_the_way_to_the_record():
    model = factories.model(context_tokens=None)
    html = rendered(f"<p>{fact(model, 'context_tokens', '128,000 tokens')}</p>")
    assert html == f'<p><a href="{model.get_absolute_url()}">128,000 tokens</a></p>'


def test_contents_say_what_a_heading_says():
    model = factories.model(context_tokens=200_000)
    body = f'<h2 id="its-window">It reads {fact(model, "context_tokens", "128,000 tokens")}</h2>'
    texts = Texts(body)
    assert texts.headings(body) == [Heading("its-window", "It reads 200,000 tokens", 2)]
    assert texts.html(body).startswith('<h2 id="its-window">It reads <a ')


@pytest.mark.parametrize("change", [{"state": "draft"}, {"state": "archived"}, None])
def test_a_record_that_is_gone_leaves_words_without_a_link(change):
    model = factories.model(context_tokens=200_000)
    body = f"<p>{fact(model, 'context_tokens', '128,000 tokens')}</p>"
    if change:
        AIModel.objects.filter(pk=model.pk).update(**change)
    else:
        model.delete()
    assert rendered(body) == "<p>128,000 tokens</p>"


def test_where_there_is_no_such_fact_words_stay():
    model = factories.model()
    assert rendered(f"<p>{fact(model, 'nothing')}</p>") == f'<p><a href="{model.get_absolute_url()}">words</a></p>'
    assert rendered('<p><a href="fact:nowhere.nothing/1/name">words</a></p>') == "<p>words</p>"


def test_prices_are_those_of_the_vendor_or_of_a_named_provider_or_the_lowest_with_their_source():
    model, providers = factories.model(), [factories.provider(name=name) for name in ("Own API", "Host", "Cheap")]
    for provider, amount in zip(providers, ("3", "5", "0.8"), strict=True):
        price = factories.price(amount=amount, offering=factories.offering(model=model, provider=provider))
        page = source(title=f"Page of {provider}")
        Evidence.objects.create(price=price, source=page, confidence=Confidence.VENDOR, is_checked=True)
    model.vendors.add(factories.vendor(reference_provider=providers[0]))
    for name, value, number, page in (
        ("input_price", "3.00 USD per 1,000,000 tokens", "3.00", "Own API"),
        (f"input_price_at_{providers[1].pk}", "5.00 USD per 1,000,000 tokens", "5.00", "Host"),
        ("lowest_input_price", "0.80 USD per 1,000,000 tokens via Cheap", "0.80 via Cheap", "Cheap"),
    ):
        html = rendered(f"<p>{fact(model, name)} or {fact(model, name, wording='?${number}')}</p>")
        assert f">{value}</a>" in html
        assert f">${number}</a>" in html
        assert re.findall("Page of (.*?)</a>", html) == [page]
    for name in ("input_price_at_0", "input_price_at_x", f"licence_at_{providers[1].pk}"):
        assert ">words</a>" in rendered(f"<p>{fact(model, name)}</p>")


def test_an_editor_can_choose_the_price_at_each_provider():
    price = factories.price(amount="3", offering=factories.offering(provider=factories.provider(name="Host")))
    found = {row["label"]: row for row in facts_to_choose("catalog.aimodel", price.offering.model_id)}
    assert found["Input price via Host"] == {
        "name": f"input_price_at_{price.offering.provider_id}",
        "label": "Input price via Host",
        "value": "3.00 USD per 1,000,000 tokens",
    }


@pytest.mark.parametrize("wording", ["", "?{}", "?${number}", "?from%20${number}%20({})"])
def test_what_costs_nothing_is_no_number(wording):
    model = factories.model()
    factories.price(
        amount="0", offering=factories.at_reference(factories.offering(model=model, checked_on=date(2026, 11, 1)))
    )
    assert ">no charge</a>" in rendered(f"<p>{fact(model, 'input_price', wording=wording)}</p>")


def test_status_is_that_of_today_with_the_source_of_its_last_event():
    model = factories.model()
    for kind, day in (("released", "2024-01-01"), ("retired", "2025-06-01")):
        event = model.events.create(kind=kind, date=day)
        Evidence.objects.create(event=event, source=source(title=kind), confidence=Confidence.VENDOR, is_checked=True)
    html = rendered(f"<p>It is {fact(model, 'status')}.</p>")
    assert ">retired</a>" in html
    assert ">retired</a>, read on" in html  # the source of that name


def test_forty_facts_cost_as_many_queries_as_four():
    models = [factories.model(context_tokens=1_000 + place, licence="MIT") for place in range(10)]
    for model in models:
        vouch(model, "context_tokens", source(title=model.name))
        factories.price(amount="1", offering=factories.at_reference(factories.offering(model=model)))
        model.events.create(kind="released", date="2025-01-01")
    stamp()
    names = ("context_tokens", "licence", "input_price", "status")
    counts = []
    for some in (models[:1], models):
        body = "".join(f"<p>{fact(model, name)}</p>" for model in some for name in names)
        with CaptureQueriesContext(connection) as queries:
            assert rendered(body).count('class="fact"') == 4 * len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_an_editor_can_choose_among_all_facts():
    model = factories.model(context_tokens=200_000, licence="")
    found = {item["name"]: item for item in facts_to_choose("catalog.aimodel", model.pk)}
    assert found["context_tokens"] == {"name": "context_tokens", "label": "Context window", "value": "200,000 tokens"}
    assert found["licence"]["value"] == ""
    assert facts_to_choose("articles.article", 1) == []


def test_usual_facts_are_offered_first_then_those_that_texts_cite_most_and_unknown_ones_last():
    model = factories.model(context_tokens=200_000, max_output_tokens=8_000, knowledge_cutoff_on="2025-01")
    factories.vendor(description=f"<p>{fact(model, 'max_output_tokens')}</p>")
    uses = Reference.objects.uses_of_facts("catalog.aimodel")
    found = facts_to_choose("catalog.aimodel", model.pk, uses)
    assert [item["name"] for item in found[:2]] == ["context_tokens", "max_output_tokens"]
    assert [bool(item["value"]) for item in found] == sorted((bool(item["value"]) for item in found), reverse=True)


def test_a_text_whose_facts_have_moved_on_says_the_same():
    model = factories.model()
    one, other = (f"<p>It reads {fact(model, 'context_tokens', words)} now.</p>" for words in ("1", "<em>2</em>"))
    assert without_fact_words(one) == without_fact_words(other)
    assert mention(f"fact:catalog.aimodel/{model.pk}/licence?by%20{{}}").wording == "by {}"
