"""An editor's journey: from a blank form to the page, the list and the API, and back."""

import json
import re

import pytest

from articles.models import Article
from catalog.models import AIModel
from publishing.content.redirect import Redirect
from publishing.revisions.models import Action, Revision
from tests import factories
from tests.browser.chromium import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = ".ProseMirror[contenteditable]"
OPEN_MENUS = """button => {
  for (let menu = button.closest("details"); menu; menu = menu.parentElement.closest("details")) menu.open = true;
}"""


def api(page, slug: str):
    return page.request.get(f"/api/v1/articles/{slug}/")


def write_body(page):
    """Write two paragraphs, the first with a link to a picked record, then an image and a table, all by keyboard."""
    page.locator(EDITOR).click()
    page.keyboard.type("We compared it with ")
    page.keyboard.press("Control+k")
    page.keyboard.type("Sample mod")
    page.locator(".richtext-finder__record").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(" in November.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Image", exact=True).click()
    page.keyboard.type("lighthouse")
    page.locator(".richtext-finder__record").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("A lighthouse at dusk")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Table written by hand").click()
    page.keyboard.type("Prices in 2026")
    page.keyboard.press("Enter")
    page.locator(f"{EDITOR} th").first.click()
    for words in ("Meter", "Price", "Unit"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")


def press_button(page, words):
    """Press one of the buttons that act on the record, and wait for the message."""
    button = page.locator(".submit-row").get_by_role("button", name=words, exact=True)
    if not button.is_visible():
        page.locator(".submit-row button", has_text=re.compile(rf"^{words}$")).evaluate(OPEN_MENUS)
    with page.expect_navigation():  # the form asks the server first whether it may be sent
        button.click()
    page.locator(".messagelist .success, .messagelist .info").first.wait_for()


def save(page):
    """Save the record that is live, so that readers see the changes."""
    press_button(page, "Publish")


@pytest.mark.journey
def test_an_article_goes_from_the_form_to_page_list_and_api_and_back(editor_page):
    page = editor_page
    model = factories.publishable(AIModel, "Sample model")
    factories.image(alt="A lighthouse")
    page.goto("/admin/articles/article/add/")
    page.locator("#id_title").fill("What a model costs")
    page.locator("#id_summary").fill("One table, one picture, one link.")
    write_body(page)
    press_button(page, "Publish")

    article = Article.objects.get()
    assert article.slug == "what-a-model-costs"
    assert f'href="ref:catalog.aimodel/{model.pk}"' in article.body
    assert "<p>We compared it with <a" in article.body
    assert ">Sample model aimodel</a> in November.</p>" in article.body  # typed without a pause, intact
    assert article.references_made.count() == 2

    reader = page.context.browser.new_context(base_url=page.url.split("/admin/")[0]).new_page()
    reader.goto("/articles/what-a-model-costs/")
    assert reader.locator("h1").inner_text() == "What a model costs"
    assert reader.get_by_role("table", name="Prices in 2026").get_by_role("columnheader").all_inner_texts() == [
        "Meter",
        "Price",
        "Unit",
    ]
    picture = reader.get_by_role("img", name="A lighthouse")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    reader.locator(".prose a", has_text="Sample model").click()
    assert reader.url.endswith(model.get_absolute_url())
    reader.goto("/articles/")
    assert reader.get_by_role("link", name="What a model costs").count() == 1
    assert api(page, "what-a-model-costs").json()["title"] == "What a model costs"

    page.locator("#id_slug").fill("what-models-cost")
    save(page)
    reader.goto("/articles/what-a-model-costs/")
    assert reader.url.endswith("/articles/what-models-cost/")
    assert Redirect.objects.get().path == "/articles/what-a-model-costs/"

    press_button(page, "Unpublish")
    pages = ("/articles/what-models-cost/", "/articles/what-a-model-costs/")
    for address in (*pages, "/api/v1/articles/what-models-cost/"):
        assert reader.request.get(address).status == 404
    reader.goto("/articles/")
    assert reader.get_by_text("What a model costs").count() == 0
    assert json.loads(reader.request.get("/api/v1/articles/").text())["items"] == []
    reader.goto("/")
    assert reader.get_by_text("What a model costs").count() == 0

    page.goto("/articles/what-models-cost/")  # the editor still sees the draft
    assert page.locator("h1").inner_text() == "What a model costs"
    assert "This version is not public" in page.locator("main").inner_text()


def test_opening_and_saving_a_text_changes_nothing(editor_page):
    body = (
        "<p>Plain, <strong>bold</strong>, <em>slanted</em>, <code>code</code>.</p><h2>Part</h2><h2>Part</h2><h2></h2>"
        '<p>Said<small>By <strong>them</strong>, <a href="https://example.com/">there</a>.</small></p>'
        '<ul><li><p>one</p></li><li><p><a href="https://example.com/">two</a></p></li></ul>'
        "<ol><li><p>first</p></li></ol><blockquote><p>said</p></blockquote><pre><code>x = 1\n  y</code></pre><hr>"
        "<table><caption>Prices</caption><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr>"
        "<tr><th><p>c</p></th><td><p>d</p></td></tr></tbody></table>"
        '<figure data-snippet="ref:publishing.snippet/9"></figure>'
        '<figure data-width="wide"><img src="/a.png" alt="A"><img src="/b.png" alt="B"></figure>'
        '<aside data-kind="tip"><p>Try it.</p></aside><figure data-embed="vimeo:76979871"></figure>'
        '<figure data-embed="youtube:dQw4w9WgXcQ"><figcaption>A <em>talk</em></figcaption></figure>'
    )
    article = factories.article(body=body)
    stored = article.body
    page = editor_page
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(f"{EDITOR} > p").first.click()
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    press_button(page, "Save draft")
    assert page.locator(".state").first.inner_text().strip() == "Published"  # no change, so no draft
    assert not Revision.objects.exclude(action=Action.FOUND).exists()
    save(page)
    article.refresh_from_db()
    assert article.body == stored


def settle(page):
    """Wait until the editor knows the new place of the cursor."""
    wait_until(page, "document.activeElement.closest('.ProseMirror')")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


def press(page, *keys):
    """Press one key after the other, each once the editor knows the place of the cursor."""
    settle(page)
    for key in keys:
        page.keyboard.press(key)
        settle(page)


def test_a_heading_keeps_its_anchor_when_its_words_change_and_a_copy_gets_its_own(editor_page):
    article = factories.article(body="<p>Start.</p><h2>What it costs</h2><p>Words.</p><h2>Why</h2>")
    page = editor_page
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    heading = page.locator(f"{EDITOR} > h2").first
    assert heading.get_attribute("id") is None  # the form has its own ids
    heading.click()
    press(page, "Home")
    page.keyboard.type("In short: ")
    press(page, "End", "Shift+Home", "Control+c")
    page.locator(f"{EDITOR} > p").last.click()
    press(page, "End", "Enter", "Control+v")
    # The text is split before its first word and made a heading of another level.
    page.locator(f"{EDITOR} > h2").last.click()
    press(page, "Home", "Enter", "Control+Alt+3")
    save(page)
    article.refresh_from_db()
    assert re.findall(r"<h\d.*?</h\d>", article.body.replace("<h2></h2>", "")) == [
        '<h2 id="what-it-costs">In short: What it costs</h2>',
        '<h2 id="in-short-what-it-costs">In short: What it costs</h2>',
        '<h3 id="why">Why</h3>',
    ]
    page.goto(f"{article.get_absolute_url()}#what-it-costs")
    assert page.locator("h2:target").inner_text() == "In short: What it costs"


def test_a_note_is_written_in_the_text_and_read_below_its_number(editor_page):
    article = factories.article(body="<p>It ended in May.</p>")
    page = editor_page
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(f"{EDITOR} > p").click()
    page.keyboard.press("End")
    page.get_by_role("button", name="Note or source").click()
    page.keyboard.type("As they say.")
    page.get_by_role("button", name="Note or source").click()
    page.keyboard.type(" We waited.")
    save(page)
    article.refresh_from_db()
    assert article.body == "<p>It ended in May.<small>As they say.</small> We waited.</p>"
    page.goto(article.get_absolute_url())
    page.locator("#fnref\\:1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#fn:1")
    assert "As they say." in page.locator(".note:target").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#fnref:1")


def test_caret_and_toolbar_stay_in_sight_in_a_long_text(editor_page):
    article = factories.article(body="<p>Words of a paragraph.</p>" * 60)
    editor_page.set_viewport_size({"width": 1280, "height": 800})
    editor_page.goto(f"/admin/articles/article/{article.pk}/change/")
    editor_page.locator(f"{EDITOR} p").nth(30).click()
    for _ in range(14):
        editor_page.keyboard.press("End")
        editor_page.keyboard.press("Enter")
        editor_page.keyboard.type("A line.")
    caret = "() => getSelection().getRangeAt(0).getBoundingClientRect().bottom"
    bar = editor_page.locator(".form-bar").bounding_box()
    assert editor_page.evaluate(caret) < bar["y"]
    toolbar = editor_page.locator(".prose-editor:has([contenteditable]) .prose-menubar").first.bounding_box()
    assert 0 <= toolbar["y"] < 100
    for _ in range(40):
        editor_page.keyboard.press("ArrowUp")
    settle(editor_page)
    top = editor_page.evaluate("() => getSelection().getRangeAt(0).getBoundingClientRect().top")
    assert top > toolbar["y"] + toolbar["height"]


def test_the_toolbar_does_not_cover_the_bar_where_they_meet(editor_page):
    article = factories.article(body="<p>Words of a paragraph.</p>" * 60)
    editor_page.set_viewport_size({"width": 390, "height": 700})
    editor_page.goto(f"/admin/articles/article/{article.pk}/change/")
    toolbar, bar = editor_page.locator(".prose-menubar").first, editor_page.locator(".form-bar")
    here = toolbar.bounding_box()["y"] - bar.bounding_box()["y"]
    editor_page.mouse.wheel(0, here)
    editor_page.wait_for_timeout(300)
    box = bar.bounding_box()
    assert toolbar.bounding_box()["y"] < box["y"] + box["height"]
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert editor_page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('.form-bar') !== null", middle)


def test_captions_are_put_in_and_taken_out(editor_page):
    figure = f'<figure><img src="ref:publishing.image/{factories.image().pk}" alt="A tower"></figure>'
    table = "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>"
    article = factories.article(body=f"<p>Begun.</p>{figure}{table}<p>Done.</p>")
    page = editor_page
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    text = page.locator(EDITOR)
    text.locator("img").click()
    page.get_by_role("button", name="Image caption").click()
    page.keyboard.type("At dusk")
    text.locator("td").click()
    page.get_by_role("button", name="Table caption").click()
    page.keyboard.type("Cost")
    page.keyboard.press("Enter")
    page.keyboard.type("b")
    assert text.locator("figcaption").inner_text() == "At dusk"
    assert text.locator("caption").inner_text() == "Cost"
    assert "b" in text.locator("td").inner_text()
    text.locator("caption").click()
    page.keyboard.press("End")
    for _ in "Cost":
        page.keyboard.press("Backspace")
    assert text.locator("caption").inner_text().strip() == ""
    page.keyboard.press("Backspace")
    assert text.locator("caption").count() == 0
    text.locator("figcaption").click()
    page.get_by_role("button", name="Image caption").click()
    assert text.locator("figcaption").count() == 0
    assert text.locator("img").count() == 1
