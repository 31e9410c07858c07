"""Charts of lists of models: which models are drawn, which are named as left out, and that labels are legible."""

from decimal import Decimal

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from lxml import html

from catalog.charts import views as charts
from catalog.charts.bands import ContextBands
from catalog.charts.points import points_of
from catalog.charts.price_history import PriceLine, PriceLines
from catalog.charts.views import chosen
from catalog.documents import read
from catalog.documents.sync.stamping import stamp
from catalog.svg.drawing import LogScale
from catalog.svg.rows import APART, from_zero, stacked
from tests.catalog import factories
from tests.catalog.news.test_views import DAY

pytestmark = pytest.mark.django_db
PATH = "/catalog/charts/"


@pytest.fixture(autouse=True)
def fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def priced(amount=None, at=None, **fields):
    """Return a model with a price at `at`, the reference provider of its vendor, or else at one of its own."""
    model = factories.model(**fields, **({"vendors": [at.reference_for.get()]} if at else {}))
    if amount is not None:
        offering = factories.offering(model=model, checked_on=DAY, **({"provider": at} if at else {}))
        offering, since = offering if at else factories.at_reference(offering), fields.get("released_on") or "2020"
        factories.price(offering=offering, amount=Decimal(amount), valid_from=since)
    return model


def own_provider():
    provider = factories.provider()
    factories.vendor(reference_provider=provider)
    return provider


def points(query=""):
    price, highlighted, _ = chosen(QueryDict(query))
    return points_of(read.models_on(DAY), price, highlighted, charts.MOST_DRAWN)


def bands(query="") -> ContextBands:
    _, highlighted, _ = chosen(QueryDict(query))
    return ContextBands([*points(query).values()], highlighted)


def many(count=120):
    """Create models that are close to each other on the chart, with long names."""
    provider = own_provider()
    for number in range(count):
        priced(
            str(Decimal(number % 17) / 10),
            provider,
            name=f"Model with a name, {number}",
            context_tokens=1000 * 2 ** (number % 8),
            released_on=f"20{15 + number % 11}-{1 + number % 12:02}",
        )


def is_apart(one, other) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_price_of_nought_is_free_and_stands_below_all_others_and_the_unknown_stand_nowhere():
    priced("0", name="Free", context_tokens=1000)
    priced("0.001", name="Cheap", context_tokens=1000)
    priced("50", name="Dear", context_tokens=100_000)
    priced("1", name="Without context")
    priced(None, name="Without price", context_tokens=10)
    priced(None, name="Without both")
    found = bands()
    assert [point.name for point in found.by_price] == ["Free", "Cheap", "Dear"]
    assert (found.not_drawn, found.without_price, found.without_x) == (3, 1, 2)
    assert found.ticks[0] == (0.0, "no charge")


@pytest.mark.parametrize("amounts", [["0"], ["0", "0"], ["3"], ["3", "3"]])
def test_few_or_like_values_are_drawn_too(amounts):
    provider = own_provider()
    for amount in amounts:
        priced(amount, provider, context_tokens=1000)
    [band] = bands().bands
    assert band.marks.count("lifetimes__mark") == len(amounts)
    assert bands().ticks


def test_ticks_are_powers_of_ten_or_finer_where_these_are_few():
    assert LogScale.over([1, 10_000], 0, 1).ticks()[:5] == [1, 10, 100, 1000, 10_000], "the powers of ten first"
    assert LogScale.over([2, 9], 0, 1).ticks() == [10, 5, 2]
    scale = LogScale.over([1, 100], 0, 100)
    assert scale(10) == 50


def test_of_many_models_the_latest_releases_are_drawn_and_that_is_said(client, monkeypatch):
    monkeypatch.setattr(charts, "MOST_DRAWN", 2)
    for year in ("2023", "2024", "2025"):
        priced("1", name=f"Model of {year}", released_on=year, context_tokens=1000)
    assert {point.name for point in bands().points} == {"Model of 2025", "Model of 2024"}
    assert {point.name for point in bands("model=model-of-2023").points} > {"Model of 2023"}
    assert "1 older ones, as the 2 latest releases are drawn" in " ".join(page_at(client, PATH).text_content().split())


def page_at(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return html.document_fromstring(response.content.decode())


def words_of(element) -> str:
    return " ".join(element.text_content().split())


def words_at(client, path) -> str:
    return words_of(page_at(client, path))


def test_pictures_follow_the_filters_of_the_list_and_lead_back_to_it(client):
    vendor = factories.vendor(name="Maker")
    priced("1", name="Ours", vendors=[vendor], context_tokens=1000, released_on="2025", checked_on=DAY)
    priced("1", name="Theirs", context_tokens=1000, released_on="2025", checked_on=DAY)
    query = f"?vendor={vendor.slug}"
    page = page_at(client, PATH + query)
    assert page.xpath('//section[@aria-labelledby="context-chart"]//tbody//a/text()') == ["Ours"]
    assert f"/catalog/{query}" in page.xpath("//main//a/@href")
    [link] = page_at(client, f"/catalog/{query}").xpath('//a[text()="Charts of this list"]/@href')
    assert link == PATH + query
    assert 'content="noindex' in client.get(PATH + query).content.decode()
    assert 'content="noindex' not in client.get(PATH).content.decode()


def test_each_chart_has_a_name_a_table_and_its_axis_above_and_below(client):
    for amount in ("0.5", "3", "20"):
        priced(amount, context_tokens=1000, checked_on=DAY)
    page = page_at(client, PATH)
    [bands] = page.xpath("//main//svg[@aria-label]/@aria-label")
    assert bands.startswith("Prices by context window")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    above, below = ([text.text for text in axis.iter("text")] for axis in page.find_class("lifetimes__axis"))
    assert above == below == ["1.00", "10.00", "3.00"], "prices have two decimals everywhere"
    assert len(page.xpath("//details//table[caption]")) == 1
    assert not page.xpath("//main//*[@style]")
    assert not page.xpath("//main//script")


def test_addresses_of_the_former_chart_of_scores_lead_to_the_charts(client):
    response = client.get(f"{PATH}?price=output_price&score=Exam")
    assert (response.status_code, response.url) == (302, f"{PATH}?price=output_price")


def test_nothing_to_draw_is_said(client):
    page = page_at(client, PATH)
    assert not page.xpath("//main//svg")
    assert "Of 0 models, 0 are drawn" in " ".join(page.text_content().split())


@pytest.mark.parametrize("query", ["vendor=nobody", "price_max=x", "price=cheap", "status=gone", "q=%00&show=x"])
def test_what_makes_no_sense_is_refused(query, client):
    assert client.get(f"{PATH}?{query}").status_code == 400


def test_another_form_of_the_address_leads_to_the_canonical_one(client):
    response = client.get(f"{PATH}?status=retired&status=available&q=")
    assert (response.status_code, response.url) == (302, f"{PATH}?status=available&status=retired")


def test_pictures_cost_the_same_however_many_models_there_are(client, django_assert_max_num_queries):
    many(5)
    path = reverse("catalog:charts")
    client.get(path)
    for _ in range(2):
        stamp()
        with django_assert_max_num_queries(10):
            client.get(f"{path}?status=unknown")
        many(30)


def test_highlighted_models_are_named_and_the_others_stand_back(client):
    many()
    priced("2", name="Ours", context_tokens=8000)
    priced(None, name="Unpriced", context_tokens=8000)
    found = bands("model=ours&model=unpriced&model=no-such")
    marks = html.fromstring(f"<svg>{''.join(band.marks for band in found.bands)}</svg>").find_class("chart__mark")
    assert {mark.get("class").split()[-1] for mark in marks} == {"is-highlighted", "is-behind"}
    [ours] = [mark for mark in marks if "is-highlighted" in mark.get("class")]
    assert ours.text_content().startswith("Ours: 2.00")
    assert found.missed == ["Unpriced"]
    page = page_at(client, f"{PATH}?model=ours&model=unpriced")
    assert page.xpath("//input[@name='model'][@checked]/@value") == ["ours", "unpriced"]
    assert "Among these: Unpriced." in page.text_content()


def test_names_at_the_ends_of_lines_lie_on_no_other():
    lines = [PriceLine(f"Model {number}", [(DAY, DAY, Decimal(number // 4))], "colour-1") for number in range(4, 12)]
    for picture in PriceLines(lines, DAY).pictures:
        boxes = [text.box(picture.plane.type_px) for text in picture.labels]
        assert len(boxes) == 8
        assert all(is_apart(one, other) for one in boxes for other in boxes if one != other)
        assert all(box[2] <= picture.plane.width and box[3] <= picture.plane.height for box in boxes)


def test_the_price_can_be_that_of_output(client):
    offering = factories.at_reference(factories.offering(model=priced(None, context_tokens=1000)))
    factories.price(offering=offering, amount=Decimal("1"))
    factories.price(offering=offering, amount=Decimal("8"), meter="output")
    [point] = bands("price=output_price").points
    assert point.price == 8
    assert "Output price, USD per million tokens" in page_at(client, f"{PATH}?price=output_price").text_content()


def rows_at(client, path) -> list[str]:
    rows = page_at(client, path).find_class("lifetimes__row")
    return [" ".join(" ".join(row.xpath("span//text()")).split()) for row in rows]


def test_models_are_in_the_row_of_their_context_window_with_its_median(client):
    provider = own_provider()
    for name, amount, context in (
        ("Low", "0.5", 1_048_576),
        ("High", "30", 1_000_000),
        ("Middle", "2.125", 2_000_000),
        ("Free", "0", 1_000_000),
        ("Alone", "3", 131_072),
        ("Small", "1", 8_000),
        ("Smaller", "1", 4_000),
    ):
        priced(amount, provider, name=name, context_tokens=context, checked_on=DAY)
    assert rows_at(client, PATH) == [
        "1M tokens or more median of 3: 2.12 ; 4 models",
        "128k to 200k tokens 1 model, no median",
        "Under 128k tokens 2 models, no median",
    ]
    assert rows_at(client, f"{PATH}?model=middle")[0].endswith("median of 3: 2.12 ; 4 models; Middle 2.125")
    assert "A larger window" not in words_at(client, PATH).partition("Price by context window")[2], "one median"
    [band, *others] = bands().bands
    assert html.fromstring(f"<svg>{band.marks}</svg>").find_class("lifetimes__middle")
    assert not any("lifetimes__middle" in other.marks for other in others)


def test_a_median_rests_on_three_models_that_are_not_ending(client):
    provider = own_provider()
    models = [priced("1", provider, name=f"Model {number}", context_tokens=1000) for number in range(3)]
    assert [band.median for band in bands().bands] == [1]
    factories.event(model=models[0], kind="deprecated", date="2026-01-01")
    assert [(len(band.points), band.median) for band in bands().bands] == [(3, None)]
    assert rows_at(client, PATH) == ["Under 128k tokens 3 models, no median"]


def test_the_finding_compares_the_medians_of_large_windows_and_others(client):
    provider = own_provider()
    for amount, context in (("1", 8_000), ("2", 200_000), ("3", 1_000_000)):
        for number in range(3):
            priced(amount, provider, name=f"{context} {number}", context_tokens=context)
    assert "From 400k tokens, the median input price is about twice as high: 3.00 instead of 1.50 USD" in words_at(
        client, PATH
    )
    groups = page_at(client, PATH).find_class("lifetimes__group")
    assert [group.text for group in groups] == ["400k tokens or more: median 3.00", "Below 400k tokens: median 1.50"]
    for number in range(9):
        priced("1", provider, name=f"Cheap {number}", context_tokens=400_000)
    said = "A larger window does not always cost more: median input price 1.50 USD below 400k tokens, 1.00 from there"
    assert said in words_at(client, PATH)


def test_the_cheapest_and_the_dearest_current_model_of_a_row_are_named_where_both_fit(client):
    provider = own_provider()
    for name, amount in (("Free", "0"), ("Ending", "0.1"), ("Cheap", "0.2"), ("Middle", "1"), ("Dear", "50")):
        model = priced(amount, provider, name=name, context_tokens=1000, checked_on=DAY)
        if name == "Ending":
            factories.event(model=model, kind="deprecated", date="2026-01-01")
    for name, amount in (("Alone and of a long name", "1"), ("Beside and of a long name", "1.1")):
        priced(amount, provider, name=name, context_tokens=400_000, checked_on=DAY)
    labels = [label.text for label in page_at(client, PATH).find_class("lifetimes__label")]
    assert labels[-2:] == ["Cheap", "Dear"]
    assert len(labels) == 3, "two long names at one place would cover each other"


def test_models_that_hardly_any_provider_serves_are_not_named_beside_those_that_many_do(client):
    provider = own_provider()
    for name, amount, hosts in (("Outlier", "0.01", 1), ("Cheap", "1", 3), ("Dear", "5", 3), ("Rare", "90", 1)):
        model = priced(amount, provider, name=name, context_tokens=1000, checked_on=DAY)
        for number in range(1, hosts):
            factories.offering(model=model, provider=factories.provider(name=f"{name} {number}"), listing="listed")
    labels = [label.text for label in page_at(client, PATH).find_class("lifetimes__label")]
    assert labels == ["Cheap", "Dear"]


def test_marks_of_a_row_are_apart_and_within_its_height():
    many()
    found = bands().bands
    assert [band.size for band in found] == ["128k to 200k tokens", "under 128k tokens"]
    for band in found:
        marks = html.fromstring(f"<svg>{band.marks}</svg>").find_class("lifetimes__mark")
        places = [(float(mark.get("x")[:-1]), float(mark.get("y"))) for mark in marks]
        assert len(places) == len({*places}) > 5
        assert all(4 <= y <= band.height - 4 for _, y in places)
        assert all(x2 - x1 >= APART for x1, y in places for x2, other in places if y == other and x2 > x1)


def test_dots_at_nearly_one_place_are_stacked_and_a_level_is_used_again_as_soon_as_there_is_space():
    heights, height = stacked([0, 1, 1, 3, 10])
    assert heights == [18, 9, 27, 18, 18], "around the middle"
    assert height == 36


def test_an_axis_of_dots_ends_with_the_data():
    scale, ticks = from_zero([0.4, 4.1], "{:g}")
    assert (round(scale.share(4.1), 2), [words for _, words in ticks]) == (0.92, ["0", "1", "2", "3", "4"])


def test_each_chart_begins_with_its_finding(client):
    acme = factories.vendor(name="Acme")
    for name, year in (("A", "2018"), ("B", "2024"), ("C", "2024"), ("D", "2026")):
        model = priced("1", name=name, vendors=[acme], released_on=f"{year}-01-01", context_tokens=1000)
        if name != "D":
            factories.event(model=model, kind="retired", date="2027-01-01")
    assert "models last at most" not in words_at(client, f"{PATH}?vendor={factories.vendor().slug}"), "of these alone"
    words = words_at(client, PATH)
    assert "Of 3 models with a known last day, half last 36 to 72 months" in words
    assert [label.text for label in page_at(client, PATH).find_class("lifetimes__label")][:2] == [
        "B, 36 months",
        "A, 108 months",
    ]
    assert "Acme 3 models, median 36 months" in words
