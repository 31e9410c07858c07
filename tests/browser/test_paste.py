"""Pasted text: from Word, from Google Docs, as Markdown, with and without a response from the server."""

from pathlib import Path

import pytest

from articles.models import Article
from tests import factories
from tests.browser.test_editor_journey import EDITOR, press_button

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLIPBOARD = Path(__file__).parents[1] / "publishing" / "importing" / "clipboard"
PASTE = """([html, text]) => {
  const clipboardData = new DataTransfer();
  if (html) clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector(".ProseMirror[contenteditable]").dispatchEvent(event);
}"""
REPORT = ".richtext-report__lines"


def open_draft(page, **fields):
    article = factories.article(**{"state": "draft", "body": "<p>Begins.</p>", **fields})
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(f"{EDITOR} > p").last.click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(200)  # until the editor has the selection
    return article


def paste(page, html="", text="words"):
    page.evaluate(PASTE, [html, text])


@pytest.mark.parametrize("source", ["word.html", "google-docs.html"])
def test_a_pasted_table_has_its_header_row_on_the_page(editor_page, source):
    page = editor_page
    article = open_draft(page)
    page.keyboard.press("Enter")
    paste(page, (CLIPBOARD / source).read_text(encoding="utf-8"))
    page.locator(f"{EDITOR} table").wait_for()
    assert "2 headings, 3 lists, 1 table, 1 link" in page.locator(REPORT).inner_text()
    assert page.get_by_role("status", name="Paste report").count() == 1
    assert page.locator(f"{EDITOR} ul ul li").inner_text() == "read from the cache"
    assert page.locator(f"{EDITOR} p > strong").first.inner_text() == "fell"
    page.keyboard.type("Ends.")
    press_button(page, "Publish")
    page.goto(article.get_absolute_url())
    table = page.locator(".prose table")
    assert table.locator("thead th[scope=col]").all_inner_texts() == ["Meter", "Price"]
    assert table.locator("tbody tr").count() == 2
    assert page.get_by_role("columnheader", name="Price").count() == 1
    assert page.locator(".prose h2").all_inner_texts() == ["What a token costs"]
    assert page.locator(".prose ol li").all_inner_texts() == ["Count", "Multiply"]
    assert page.get_by_role("link", name="the list").get_attribute("href") == "https://example.com/prices?a=1&b=2"
    body = Article.objects.get().body
    assert body.startswith("<p>Begins.</p><h2 ")
    assert "Ends." in body
    assert "style" not in body


def test_markdown_is_read_as_such_unless_it_is_wanted_as_it_is(editor_page):
    page = editor_page
    article = open_draft(page)
    page.keyboard.press("Enter")
    paste(page, text="## Part\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    page.locator(f"{EDITOR} th").first.wait_for()
    assert "This was converted from Markdown." in page.locator(REPORT).inner_text()
    page.keyboard.press("Control+z")
    assert page.locator(f"{EDITOR} table").count() == 0
    page.locator(f"{EDITOR} > p").last.click()
    page.keyboard.press("Control+End")
    page.keyboard.down("Control")
    page.keyboard.down("Shift")
    page.keyboard.press("v")  # the browser then pastes without HTML
    paste(page, text="## Signs")
    page.keyboard.up("Shift")
    page.keyboard.up("Control")
    press_button(page, "Save draft")
    article.refresh_from_db()
    assert "## Signs" in article.body


def test_without_an_answer_the_editor_reads_the_text_itself(editor_page):
    page = editor_page
    article = open_draft(page)
    page.route("**/publishing/paste/", lambda route: route.abort())
    paste(page, "<p>One <b>bold</b></p><table><tr><th>A</th><td onclick='x()'>1</td></tr></table>")
    page.locator(f"{EDITOR} table").wait_for()
    assert "The server does not respond." in page.locator(REPORT).inner_text()
    page.unroute("**/publishing/paste/")
    page.route("**/publishing/paste/", lambda route: route.fulfill(status=413, json={"problem": "It is too large."}))
    page.locator(f"{EDITOR} > p").first.click()
    paste(page, "<p>Two</p>")
    page.get_by_text("It is too large.").wait_for()
    page.locator(".richtext-report").get_by_role("button", name="Close").click()
    assert not page.locator(REPORT).is_visible()
    press_button(page, "Save draft")
    article.refresh_from_db()
    assert "<strong>bold</strong>" in article.body
    assert "Two" in article.body


def test_a_paste_that_is_still_asked_for_is_saved_too_and_stands_where_it_began(editor_page):
    page = editor_page
    article = open_draft(page, body="<p>Begins.</p><p>Ends.</p>")
    held = []
    page.route("**/publishing/paste/", lambda route: held.append(route))
    first = page.locator(f"{EDITOR} > p").first
    first.click()
    page.keyboard.press("End")
    page.keyboard.type(" Then")
    page.get_by_text("Begins. Then").wait_for()
    paste(page, " <i>pasted</i>")
    paste(page, " <b>twice</b>")
    page.keyboard.type(" and on.")
    page.get_by_text("Begins. Then and on.").wait_for()
    page.locator(f"{EDITOR} > p").last.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Typed.")
    page.get_by_text("Ends. Typed.").wait_for()
    page.locator(".submit-row").last.get_by_role("button", name="Save draft").click()
    page.wait_for_timeout(300)
    assert page.locator(".messagelist").count() == 0
    for route in held:
        route.continue_()
    page.locator(".messagelist .success").wait_for()
    article.refresh_from_db()
    pasted = "<em>pasted</em><strong>twice</strong>"
    assert article.body == f"<p>Begins. Then{pasted} and on.</p><p>Ends. Typed.</p>"


def wait_for(page, held: list):
    """Wait until a request is held; Playwright only handles it while the page is waited for."""
    for _ in range(100):
        if held:
            return
        page.wait_for_timeout(100)
    raise AssertionError("No request came.")


def test_what_is_typed_over_a_selection_while_a_paste_is_asked_for_stays(editor_page):
    page = editor_page
    article = open_draft(page, body="<p>Old words</p>")
    held = []
    page.route("**/publishing/paste/", lambda route: held.append(route))
    page.locator(f"{EDITOR} > p").first.click()
    page.keyboard.press("Control+A")
    page.wait_for_timeout(200)  # until the editor has the selection
    paste(page, "<i>pasted</i>")
    page.keyboard.type("typed")
    page.locator(EDITOR).get_by_text("typed", exact=True).wait_for()
    wait_for(page, held)
    held[0].continue_()
    page.locator(f"{EDITOR} em").wait_for()
    press_button(page, "Save draft")
    article.refresh_from_db()
    assert article.body == "<p><em>pasted</em>typed</p>"


def test_the_editors_own_words_come_back_as_they_went(editor_page):
    page = editor_page
    article = open_draft(page, body="<p>a<small>A note.</small> b</p>")
    page.route("**/publishing/paste/", lambda route: route.abort())
    paste(page, '<p data-pm-slice="1 1 []">c<small>Another.</small></p>')
    press_button(page, "Save draft")
    article.refresh_from_db()
    assert article.body == "<p>a<small>A note.</small> bc<small>Another.</small></p>"
