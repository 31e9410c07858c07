"""Landing pages: the first screen of the front page, and sections with one item and with many on several widths."""

import pytest

from articles.models import ArticleKind
from articles.starter import first_front_page
from tests import factories
from tests.browser.chromium import wait_until
from tests.catalog import factories as catalog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Words that fill a few lines of a column. " * 3
ITEMS = {"features": "title", "quotes": "name", "pricing": "name", "steps": "title"}


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_first_screen_promises_asks_and_lets_try(page, width, height):
    catalog.model(name="Some Model 4")
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/")
    for part in ("h1", ".hero .button", ".hero textarea"):
        box = page.locator(part).bounding_box()
        assert box["y"] + 40 < height, part
    page.fill(".hero textarea", "model: Some Model 4")
    page.click(".hero button")
    page.locator("#found").wait_for()
    assert "Some Model 4" in page.inner_text("main")


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_items_fill_their_rows_however_many_there_are(page, width):
    sections = [
        {"type": kind, "title": f"{kind} {count}", "items": [{name: f"Item {n}", "text": WORDS} for n in range(count)]}
        for kind, name in ITEMS.items()
        for count in range(1, 9)
    ]
    for section in sections:
        if section["type"] == "quotes":
            section["items"] = [{"name": "Somebody", "quote": WORDS} for _ in section["items"]]
    landing = factories.article(kind=ArticleKind.PAGE, title="Landing", sections=sections)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(landing.get_absolute_url())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    rows = page.evaluate(
        """[...document.querySelectorAll(".tiles")].map((tiles) => {
          const tops = [...tiles.children].map((tile) => Math.round(tile.getBoundingClientRect().top));
          return [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
        })"""
    )
    assert len(rows) == 24
    assert all(len(set(row)) == 1 for row in rows), rows


def test_the_front_page_does_not_move_while_it_loads(page):
    first_front_page().save()
    for number in range(3):
        factories.article(kind=ArticleKind.SERVICE, title=f"Service {number}")
        factories.article(title=f"Article {number}")
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
          .observe({type: "layout-shift", buffered: true});"""
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/", wait_until="networkidle")
    wait_until(page, "document.fonts.status === 'loaded'")
    assert page.evaluate("window.moved") == 0
