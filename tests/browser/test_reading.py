"""Articles for readers: notes beside the text, contents, tables and code, on screens of several widths."""

import pytest

from articles.models import ArticleKind
from publishing.site.models import SiteSettings
from tests import factories
from tests.browser.chromium import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Words that fill a few lines of the column. " * 12
CODE = f"<pre><code>{'a_long_line_' * 30}</code></pre>"


def table(columns):
    head = "".join(f"<th><p>Heading {number}</p></th>" for number in range(columns))
    rows = "".join(
        f"<tr><th><p>Row {row}</p></th>{'<td><p>200,000 tokens</p></td>' * (columns - 1)}</tr>" for row in range(3)
    )
    return f"<table><caption>{columns} columns</caption><tbody><tr>{head}</tr>{rows}</tbody></table>"


@pytest.fixture
def article(db):
    notes = "".join(f"{WORDS}<small>Note {number}. {WORDS}</small> " for number in (1, 2, 3))
    tables = f"{table(3)}{CODE}{table(5)}{table(14)}"
    body = f"<h2>First</h2><p>{notes}</p><h2>Second</h2><p>{WORDS}<small>Far below.</small></p>{tables}"
    return factories.article(body=body, authors=[factories.author()])


def open_at(page, article, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(article.get_absolute_url())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    return page


@pytest.mark.parametrize("width", [320, 1280])
def test_words_of_any_length_stay_on_the_page(page, db, width):
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
    row = f"<tr><td><p>{word}{word}</p></td><td><p>short</p></td></tr>"
    topic, author = factories.topic(name=word), factories.author(name=word, role=word * 2)
    body = f"<h2>{word}</h2><table><caption>{word * 2}</caption><tbody>{row}</tbody></table>"
    article = factories.article(
        title=word, body=body, topics=[topic], authors=[author], call_title=word, call_label=word[:40]
    )
    site = SiteSettings()
    site.name, site.call_label = word, word[:40]
    site.save()
    hero = {"type": "hero", "title": word * 2, "text": word * 4, "button_label": word, "button_address": "/faq/"}
    factories.article(kind=ArticleKind.PAGE, slug="home", sections=[hero])
    open_at(page, article, width)
    cells = boxes(page, "td")
    assert cells[0]["x"] + cells[0]["width"] <= cells[1]["x"] + 1
    for path in ("/", "/articles/", f"/articles/{article.first_published_at.year}/", topic.get_absolute_url()):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def boxes(page, selector):
    return [element.bounding_box() for element in page.locator(selector).all()]


def test_notes_stand_beside_their_numbers_and_never_on_each_other(page, article):
    open_at(page, article, 1280)
    text, about = boxes(page, ".prose > p")[0], boxes(page, ".about")[0]
    notes, numbers = boxes(page, ".note"), boxes(page, ".noteref")
    assert all(note["x"] > text["x"] + text["width"] for note in notes)
    previous = about
    for note, number in zip(notes, numbers, strict=True):
        assert note["y"] >= previous["y"] + previous["height"] - 1
        assert note["y"] >= number["y"] - 12
        previous = note
    assert not page.locator(".notes__title").is_visible()


def test_a_single_note_stands_at_the_height_of_its_number(page):
    article = factories.article(body=f"<p>{WORDS}</p>" * 8 + f"<p>Here.<small>A note.</small> {WORDS}</p>")
    open_at(page, article, 1280)
    [note], [number] = boxes(page, ".note"), boxes(page, ".noteref")
    assert abs(note["y"] - number["y"]) < 14


def test_notes_of_a_short_text_come_after_it(page):
    notes = " ".join(f"word<small>{WORDS}</small>" for _ in range(3))
    open_at(page, factories.article(body=f"<p>{WORDS}</p><p>{notes}</p>"), 1280)
    end = max(box["y"] + box["height"] for box in boxes(page, ".prose > p"))
    assert min(box["y"] for box in boxes(page, ".note")) >= end
    bottom = max(box["y"] + box["height"] for box in boxes(page, ".note"))
    assert all(box["y"] >= bottom for box in boxes(page, ".piece ~ *"))


@pytest.mark.journey
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_notes_come_after_the_text_and_contents_are_folded_above(page, article, width):
    open_at(page, article, width)
    end = max(box["y"] + box["height"] for box in boxes(page, ".prose > :not(.notes)"))
    assert min(box["y"] for box in boxes(page, ".note")) >= end
    assert page.locator(".notes__title").is_visible()
    assert not page.get_by_role("link", name="Second", exact=True).is_visible()
    page.locator(".contents__summary").click()
    page.get_by_role("link", name="Second", exact=True).click()
    page.wait_for_url("**#second")


def test_in_print_notes_come_after_the_text(page, article):
    page.emulate_media(media="print")
    open_at(page, article, 1280)
    end = max(box["y"] + box["height"] for box in boxes(page, ".prose > :not(.notes)"))
    assert min(box["y"] for box in boxes(page, ".note")) >= end
    assert not page.locator(".note__back").first.is_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_code_and_wide_tables_scroll_inside_themselves_by_keyboard_with_their_headings_in_sight(page, article, width):
    open_at(page, article, width)
    for name in ("Code 1", "14 columns"):
        region = page.get_by_role("region", name=name)
        region.focus()
        assert region.evaluate("element => element.scrollWidth > element.clientWidth"), name
        page.keyboard.press("ArrowRight")
        wait_until(page, "element => element.scrollLeft > 0", region.element_handle())
    region.evaluate("element => { element.scrollLeft = 300; }")
    assert region.locator("tbody th").first.bounding_box()["x"] == pytest.approx(region.bounding_box()["x"], abs=1)


def test_a_table_of_five_columns_fits_and_a_wider_one_shows_that_there_is_more(page, article):
    open_at(page, article, 1280)
    frame = page.get_by_role("region", name="5 columns")
    assert frame.evaluate("element => element.scrollWidth <= element.clientWidth")
    wide = page.get_by_role("region", name="14 columns")
    assert "linear-gradient" in wide.evaluate("element => getComputedStyle(element).backgroundImage")


def test_a_table_of_numbers_needs_no_scrolling_on_a_phone(page, db):
    head = "".join(f"<th>{word}</th>" for word in ("Group", "Models", "Shortest", "Median", "Longest"))
    row = "<tr><th>Language models</th><td>20</td><td>380</td><td>594</td><td>1,332</td></tr>"
    body = f"<table><caption>Days in service</caption><thead><tr>{head}</tr></thead><tbody>{row}</tbody></table>"
    open_at(page, factories.article(body=body), 390)
    frame = page.get_by_role("region", name="Days in service")
    assert frame.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_identifiers_and_numbers_are_not_broken_and_tables_keep_their_caption_on_paper(page):
    words = "".join(f"<p>{'x' * number} <code>gpt-5.6-terra</code>.</p>" for number in range(1, 40))
    row = "<tr><th><code>gpt-image-1</code></th><td><p>1,296.00, 2,345.00</p></td></tr>"
    article = factories.article(
        body=f"{words}<table><caption>Prices</caption><tr><th>Model</th><th>USD</th></tr>{row}</table>"
    )
    open_at(page, article, 390)
    lines = "[...document.querySelectorAll('.prose :is(code, .number p)')].map(one => one.getClientRects().length)"
    heights = "[...document.querySelectorAll('.prose code')].map(one => one.clientHeight)"
    assert {*page.evaluate(lines)} == {1}
    assert max(page.evaluate(heights)) < 40
    stops = "[...document.querySelectorAll('.prose p:has(> code)')].map(one => one.clientHeight)"
    assert max(page.evaluate(stops)) < 80  # the full stop stays in the line of the identifier
    page.emulate_media(media="print")
    assert page.locator("caption").evaluate("one => getComputedStyle(one).breakAfter") == "avoid"
    assert page.locator(".table-scroll").evaluate("one => getComputedStyle(one).breakInside") == "avoid"


def test_the_link_past_the_menu_covers_the_logo_whole(page, db):
    page.goto("/articles/")
    page.keyboard.press("Tab")
    link, logo = boxes(page, ".skip")[0], boxes(page, ".masthead .mark")[0]
    assert link["y"] == 0
    assert link["y"] + link["height"] >= logo["y"] + logo["height"]
