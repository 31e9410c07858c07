"""Charts of lists of models: which models are drawn, which are named as left out, and that labels are legible."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from catalog.charts import views as charts
from catalog.charts.drawing import NARROW, WIDE, LogScale
from catalog.charts.views import MOST_BARS, Prices, Releases
from catalog.documents import read
from catalog.sync.stamping import stamp
from tests.catalog import factories
from tests.catalog.news.test_views import DAY

pytestmark = pytest.mark.django_db
PATH = "/catalog/charts/"


@pytest.fixture(autouse=True)
def fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def priced(amount=None, **fields):
    model = factories.model(**fields)
    if amount is not None:
        factories.price(offering=factories.at_reference(factories.offering(model=model)), amount=Decimal(amount))
    return model


def releases() -> Releases:
    return Releases(read.models_on(DAY))


def prices() -> Prices:
    models = read.models_on(DAY)
    return Prices(models, models.count())


def many(count=120):
    """Create models that are close to each other on the chart, with long names."""
    for number in range(count):
        priced(
            str(Decimal(number % 17) / 10),
            name=f"Model with a name, {number}",
            context_tokens=1000 * 2 ** (number % 8),
            released_on=f"20{15 + number % 11}-{1 + number % 12:02}",
        )


def is_apart(one, other) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("chart", [releases, prices])
def test_labels_lie_on_no_other_and_on_no_mark_and_within_the_picture(chart):
    many()
    pictures = chart().pictures
    assert [picture.plane for picture in pictures] == [WIDE, NARROW]
    for picture in pictures:
        assert picture.labels, "some are to be shown"
        size = picture.plane.type_px
        marks, labels = [mark.box() for mark in picture.marks], [text.box(size) for text in picture.labels]
        for number, label in enumerate(labels):
            assert label[0] >= 0
            assert label[2] <= picture.plane.width
            assert all(is_apart(label, other) for other in [*labels[number + 1 :], *marks])
        ticks = [tick.box(size) for tick in picture.x_ticks]
        assert all(is_apart(one, other) for one in ticks for other in ticks if one != other)
        for mark in marks:
            assert mark[0] >= 0
            assert mark[2] <= picture.plane.width
            assert mark[3] <= picture.plane.y_end + 0.1


def test_releases_are_counted_by_year_and_the_unknown_are_not_drawn():
    for on in ("2025-01-31", "2025-03", "2023", "2026-12-31", ""):
        factories.model(released_on=on)
    found = releases()
    assert found.bars == [("2023", 1), ("2024", 0), ("2025", 2), ("2026", 1)]
    assert found.unknown == 1
    assert len(found.pictures[0].marks) == 3, "nothing is drawn of a year without a release"


def test_the_years_before_many_bars_are_counted_together():
    for on in ("1999-05", "1900", "1901-01", "2026-01-01"):
        factories.model(released_on=on)
    found = releases()
    assert found.bars[0] == ("1995 and before", 2)
    assert len(found.bars) == MOST_BARS
    assert sum(count for _, count in found.bars) == 4


def test_a_price_of_nought_is_free_and_stands_below_all_others_and_the_unknown_stand_nowhere():
    priced("0", name="Free", context_tokens=1000)
    priced("0.001", name="Cheap", context_tokens=1000)
    priced("50", name="Dear", context_tokens=100_000)
    priced("1", name="Without context")
    priced(None, name="Without price", context_tokens=10)
    priced(None, name="Without both")
    found = prices()
    assert [point.name for point in found.by_price] == ["Free", "Cheap", "Dear"]
    assert (found.not_drawn, found.without_price, found.without_context) == (3, 2, 2)
    for picture in found.pictures:
        heights = {mark.words.partition(",")[0]: mark.y for mark in picture.marks}
        assert heights["Dear"] < heights["Cheap"] < heights["Free"] < picture.plane.y_end
        assert picture.y_ticks[-1].words == "no charge"


@pytest.mark.parametrize("amounts", [["0"], ["0", "0"], ["3"], ["3", "3"]])
def test_few_or_like_values_are_drawn_too(amounts):
    for amount in amounts:
        priced(amount, context_tokens=1000)
    for picture in prices().pictures:
        assert len(picture.marks) == 1
        assert picture.x_ticks


def test_ticks_are_powers_of_ten_or_finer_where_these_are_few():
    assert LogScale.over([1, 10_000], 0, 1).ticks() == [1, 10, 100, 1000, 10_000]
    assert LogScale.over([2, 9], 0, 1).ticks() == [2, 5, 10]
    scale = LogScale.over([1, 100], 0, 100)
    assert scale(10) == 50


def test_of_many_models_the_latest_releases_are_drawn_and_that_is_said(client, monkeypatch):
    monkeypatch.setattr(charts, "MOST_DRAWN", 2)
    for year in ("2023", "2024", "2025"):
        priced("1", name=f"Model of {year}", released_on=year, context_tokens=1000)
    found = prices()
    assert {point.name for point in found.points} == {"Model of 2025", "Model of 2024"}
    assert (found.is_cut, len(found.points), found.not_drawn) == (True, 2, 0)


def page_at(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return html.document_fromstring(response.content.decode())


def test_pictures_follow_the_filters_of_the_list_and_lead_back_to_it(client):
    vendor = factories.vendor(name="Maker")
    priced("1", name="Ours", vendors=[vendor], context_tokens=1000, released_on="2025", checked_on=DAY)
    priced("1", name="Theirs", context_tokens=1000, released_on="2025", checked_on=DAY)
    query = f"?vendor={vendor.slug}"
    page = page_at(client, PATH + query)
    assert page.xpath('//section[@aria-labelledby="prices"]//tbody//a/text()') == ["Ours"]
    assert f"/catalog/{query}" in page.xpath("//main//a/@href")
    [link] = page_at(client, f"/catalog/{query}").xpath('//a[text()="Charts of this list"]/@href')
    assert link == PATH + query
    assert 'content="noindex' in client.get(PATH + query).content.decode()
    assert 'content="noindex' not in client.get(PATH).content.decode()


def test_each_picture_has_a_name_a_description_and_a_table(client):
    priced("1", context_tokens=1000, released_on="2025", checked_on=DAY)
    page = page_at(client, PATH)
    drawn = page.xpath("//main//svg")
    assert len(drawn) == 4
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for svg in drawn:
        assert svg.get("role") == "img"
        for name in ("aria-labelledby", "aria-describedby"):
            assert page.get_element_by_id(svg.get(name)).text_content().strip()
    assert len(page.xpath("//details//table[caption]")) == 2
    assert not page.xpath("//main//*[@style]")
    assert not page.xpath("//main//script")


def test_nothing_to_draw_is_said(client):
    page = page_at(client, PATH)
    assert not page.xpath("//main//svg")
    assert "Not shown: 0 with an unknown release date" in " ".join(page.text_content().split())


@pytest.mark.parametrize("query", ["vendor=nobody", "price_max=x", "status=gone", "q=%00&show=x"])
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
            client.get(f"{path}?show=all&status=unknown")
        many(30)
