"""Charts in texts: their definitions, what is stored of them, and what readers, files and reviews get."""

from datetime import date

import pytest
from django.utils import timezone

from articles.feeds import feed_of
from articles.models import Article
from catalog.models import AIModel, LifecycleEvent, Price, Vendor
from publishing.content.reference import Reference
from publishing.quality.staleness import passages_of
from publishing.rendering.tables.sources import parse_table_definition
from publishing.rendering.texts import Texts
from publishing.richtext.allowlist import clean
from publishing.richtext.document import parse, without_fact_words
from publishing.richtext.portable import portable_html
from publishing.richtext.table_element import InvalidTableError
from tests import factories
from tests.catalog import factories as catalog
from tests.catalog.integration.test_tables import grid

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
DAY_BEFORE = "2026-11-01"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """A function that moves the clock to another day."""
    days = [DAY]
    monkeypatch.setattr(timezone, "localdate", lambda *_: days[-1])
    return days.append


def chart(kind, *models, caption="What it shows", **numbers) -> str:
    return factories.comparison(*models, facts=(), caption=caption, chart=kind, **numbers)


def sold(name, entered="2", returned="10", vendor="Acme", **fields) -> AIModel:
    """Return a model with prices at the reference provider of its vendor."""
    found = Vendor.objects.filter(name=vendor).first()
    found = found or catalog.vendor(name=vendor, reference_provider=catalog.provider())
    provider, model = found.reference_provider, catalog.model(name=name, vendors=[found], **fields)
    offered = catalog.offering(model=model, provider=provider, checked_on=DAY)
    for meter, amount in (("input", entered), ("output", returned)):
        catalog.price(offering=offered, meter=meter, amount=amount, valid_from=fields.get("released_on") or "2020")
    return model


def raise_prices(model, day) -> None:
    for meter, amount in (("input", "4"), ("output", "20")):
        catalog.price(offering=model.offerings.get(), meter=meter, amount=amount, valid_from=day)


def rendered(body) -> str:
    return Texts(body).html(body)


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ("chart=pie", "There is no chart “pie”: choose timeline, "),
        ("chart=cost", "Cost of a year: choose at least one model."),
        ("record=1&chart=cost&requests=many", "Requests per day: enter a whole number from 0 to 10,000,000."),
        ("record=1&chart=cost&requests=99999999", "Requests per day: enter a whole number from 0 to 10,000,000."),
        ("record=1&chart=cost&colour=red", "The chart “Cost of a year” has no “colour”."),
        ("record=1&chart=cost&requests=1&requests=2", "“requests” is said more than once."),
        ("record=1&chart=cost&chart=timeline", "“chart” is said more than once."),
        ("record=1&chart=cost&fact=licence", "A chart has no columns of its own: leave out “fact”."),
        ("record=1&chart=cost&day=2026-13-01", "“day” is no day such as 2026-11-25."),
        ("record=1&chart=cost&day=2026-11-26", "Freeze a chart on a day that has come."),
        ("record=1&fact=licence&day=2026-11-01", "Only a chart is frozen on a day."),
        (
            "chart=cost&" + "&".join(f"record={key}" for key in range(1, 26)),
            "Cost of a year: choose at most 24 models; these are 25.",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_with_a_sentence(parameters, problem):
    with pytest.raises(InvalidTableError) as error:
        parse_table_definition(f"catalog.aimodel?{parameters}")
    assert str(error.value).startswith(problem)


def test_the_definition_is_stored_in_one_form_with_all_numbers():
    found = parse_table_definition("catalog.aimodel?chart=cost&tokens_out=0700&record=5&record=3&day=2026-11-01")
    assert found.as_text() == (
        "catalog.aimodel?record=5&record=3&chart=cost&requests=1000&tokens_in=2000&tokens_out=700&day=2026-11-01"
    )
    assert parse_table_definition(found.as_text()) == found


def test_a_chart_is_stored_with_its_table_of_facts_and_refers_to_its_models():
    cheap, dear = sold("Cheap"), sold("Dear", "3", "15")
    article = factories.article(body=chart("cost", dear, cheap))
    assert grid(article.body)[1:] == [
        ["Cheap", "2.00", "10.00", "3,285.00"],
        ["Dear", "3.00", "15.00", "4,927.50"],
    ], "365 days of 1,000 requests of 2,000 and 500 tokens, as the comparison counts them"
    assert clean(article.body) == article.body
    facts = Reference.objects.filter(source_id=article.pk, target_id=dear.pk).values_list("fact", flat=True)
    assert sorted(facts) == ["", "input_price", "output_price"]
    Price.objects.filter(offering__model=dear).update(amount="5")
    assert {passage.sentence for passage in passages_of(article)} == {"Table “What it shows”, row Dear"}


def test_a_live_chart_follows_the_catalogue_and_a_frozen_one_stays_on_its_day():
    model = sold("Sample")
    raise_prices(model, "2026-11-20")
    live = factories.article(body=chart("cost", model)).body
    frozen = factories.article(body=chart("cost", model, day=DAY_BEFORE)).body
    assert grid(rendered(live))[1] == ["Sample", "4.00", "20.00", "6,570.00"]
    html = rendered(frozen)
    assert grid(html)[1] == ["Sample", "2.00", "10.00", "3,285.00"]
    assert "(as of 1 November 2026)" in html
    assert "as recorded for that day" in html
    assert "fact:" not in frozen, "what it cost then is no fact of today that needs a review"
    assert f'"ref:catalog.aimodel/{model.pk}"' in frozen


def test_a_reader_gets_a_drawing_with_its_caption_and_its_table_folded():
    body = factories.article(body=chart("cost", sold("Sample")) * 2).body
    tree = parse(rendered(body))
    first, _ = tree.findall("figure")
    assert first.find("figcaption").text_content() == "What it shows (as of 25 November 2026)"
    assert first.find(".//svg").get("role") == "img"
    assert "Cost of a year" in first.find(".//svg").get("aria-label")
    assert first.find("details/summary").text == "The same values as a table"
    assert first.find("details//table") is not None
    assert [row.text_content().split() for row in first.find_class("lifetimes__row")] == [
        ["Sample", "Acme,", "3,285", "USD", "a", "year", "3,285"]
    ]


def test_markdown_feed_and_api_have_the_table_alone(client):
    article = factories.article(body=chart("cost", sold("Sample")))
    markdown = client.get(article.markdown_url).text
    assert "What it shows (as of 25 November 2026)" in markdown
    assert "| 2.00 | 10.00 | 3,285.00 |" in markdown
    [item] = feed_of("", "", ("/feed", "/"), Article.objects.all()).items
    api = client.get(f"/api/v1/articles/{article.slug}/").json()["body_html"]
    for html in (item.html, api, portable_html(article.body)):
        assert "<svg" not in html
        assert grid(html)[1] == ["Sample", "2.00", "10.00", "3,285.00"]


def test_the_timeline_draws_the_chosen_models_or_else_the_next_to_end():
    ended = catalog.model(name="Ended", released_on="2024-01-01")
    LifecycleEvent.objects.create(model=ended, kind="retired", date="2026-06-01")
    open_end, soon = (catalog.model(name=name, released_on="2025") for name in ("Open", "Soon"))
    LifecycleEvent.objects.create(model=soon, kind="retired", date="2027-02-01")
    chosen = rendered(factories.article(body=chart("timeline", ended, open_end)).body)
    assert [row[0::2] for row in grid(chosen)[1:]] == [["Ended", "1 January 2024"], ["Open", "2025"]]
    assert [row[3] for row in grid(chosen)[1:]] == ["1 June 2026", "none announced"]
    lives = [
        (float(line.get("x1")[:-1]), float(line.get("x2")[:-1])) for line in parse(chosen).find_class("lifetimes__life")
    ]
    assert lives[0][0] == 0 < lives[1][0]
    assert lives[0][1] < lives[1][1], "a life without an end lasts to the day"
    assert chosen.count("lifetimes__bar--past") == 1
    assert "grey: the last day has passed" in chosen
    assert [row[0] for row in grid(rendered(factories.article(body=chart("timeline")).body))[1:]] == ["Soon"]


def test_a_timeline_needs_review_once_the_last_day_of_a_model_is_announced():
    model = catalog.model(name="Sample", released_on="2024-01-01")
    article = factories.article(body=chart("timeline", model))
    assert grid(article.body)[1][3] == "none announced"
    assert passages_of(article) == []
    LifecycleEvent.objects.create(model=model, kind="retired", date="2027-03-01")
    [passage] = passages_of(article)
    assert ("", "1 March 2027") in [(change.before, change.after) for change in passage.changes]
    assert grid(rendered(article.body))[1][3] == "1 March 2027"


def test_the_history_has_a_line_per_model_and_price_and_its_changes_in_words():
    model, other = sold("Sample"), sold("Other", "1", "5")
    raise_prices(model, "2026-06-15")
    html = rendered(factories.article(body=chart("prices", model, other)).body)
    assert grid(html)[1:] == [
        ["Sample", "4.00", "20.00", "15 June 2026", "2.00 / 10.00 from 1 January 2020"],
        ["Other", "1.00", "5.00", "1 January 2020", "none known"],
    ]
    entered, returned = parse(html).find_class("chart-frame")
    assert "Input price over time" in entered.find("svg/title").text
    said = [mark.find("title").text for mark in returned.find("svg").iter("path") if mark.find("title") is not None]
    assert said == [
        "Sample: 10.00 from 1 January 2020",
        "Sample: 20.00 from 15 June 2026",
        "Other: 5.00 from 1 January 2020",
    ]
    ids = [element.get("id") for element in parse(html).iter() if element.get("id")]
    assert len(ids) == len({*ids})


def test_prices_by_context_name_the_cheapest_and_count_what_is_unknown():
    small, large = sold("Small", "1", context_tokens=8_000), sold("Large", "3", context_tokens=200_000)
    unknown = sold("Unknown")
    html = rendered(factories.article(body=chart("context", small, large, unknown)).body)
    assert [row[::2] for row in grid(html)[1:]] == [["Small", "8,000"], ["Unknown", "unknown"], ["Large", "200,000"]]
    assert "Not drawn, because a value is unknown: 1." in html
    assert "Large: 3.00 via " in html


def test_lives_are_counted_by_vendor_from_release_to_the_end():
    for name, released, ended in (("One", "2024-01-01", "2025-01-01"), ("Two", "2024-01-01", "2027-01-01")):
        model = sold(name, released_on=released)
        LifecycleEvent.objects.create(model=model, kind="retired", date=ended)
    sold("Without an end", released_on="2024")
    LifecycleEvent.objects.create(model=sold("Without a release"), kind="retired", date="2026-01-01")
    html = rendered(factories.article(body=chart("lives")).body)
    assert grid(html)[1:] == [["Acme", "2", "366", "731", "1,096", "One 366; Two 1,096"]]
    dots = parse(html).find_class("lifetimes__dot")
    assert [(dot.get("data-url"), dot.findtext("title")) for dot in dots] == [
        ("/catalog/models/one/", "One, 12 months"),
        ("/catalog/models/two/", "Two, 36 months"),
    ]
    assert parse(html).xpath("//*[@data-chart='Years from release to the last day']")
    assert parse(html).find_class("lifetimes__unit")[0].text == "Years from release to the last day"
    assert "2 models, 12 and 36 months" in html
    assert "Not drawn: 1 more, with an unknown or implausible release date" in html


@pytest.mark.parametrize("kind", ["timeline", "prices", "context", "cost", "lives"])
def test_a_chart_of_models_about_which_nothing_is_known_is_its_table(kind):
    html = rendered(factories.article(body=chart(kind, catalog.model(name="Bare"))).body)
    assert "What it shows" in html
    assert "NaN" not in html


def test_unpublished_models_are_left_out_and_words_remain_without_any():
    shown, hidden = sold("Shown"), sold("Hidden")
    body = factories.article(body=chart("cost", shown, hidden)).body
    AIModel.objects.filter(pk=hidden.pk).update(state="draft")
    assert [row[0] for row in grid(rendered(body))] == ["Model", "Shown"]
    AIModel.objects.filter(pk=shown.pk).update(state="draft")
    html = rendered(body)
    assert [row[0] for row in grid(html)] == ["Model", "Shown", "Hidden"]
    assert "which no longer lists these records" in html
    assert "<svg" not in html


def test_the_same_chart_with_other_values_is_no_change():
    model = sold("Sample")
    before = factories.article(body=chart("cost", model)).body
    raise_prices(model, "2026-11-20")
    after = factories.article(body=chart("cost", model)).body
    assert before != after
    assert without_fact_words(before) == without_fact_words(after)


def test_a_model_that_has_no_price_any_more_shows_the_last_one_and_until_when():
    model = sold("Gone", "3")
    LifecycleEvent.objects.create(model=model, kind="retired", date="2026-11-20")
    model.offerings.get().events.create(kind="retired", date="2026-11-20")
    html = rendered(factories.article(body=chart("prices", model)).body)
    assert [row[:4] for row in grid(html)[1:]] == [["Gone", "3.00", "10.00", "1 January 2020 to 19 November 2026"]]
