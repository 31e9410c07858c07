"""Comments on passages in a browser: a passage is found again after every kind of edit, and a deleted one is named."""

import pytest

from publishing.content.publishable import State
from publishing.revisions.models import Action, Revision
from publishing.revisions.snapshot import read
from publishing.workflow.actions import ActionRequest, perform_action
from publishing.workflow.comment import Comment
from tests import factories
from tests.browser.chromium import wait_until
from tests.browser.test_editor_journey import EDITOR, press_button

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSAGE = {"quotation": "It is cheap today.", "prefix": "Prices fell in May. ", "suffix": " Buy it now."}
# The text afterwards, and what the comment is then about; "" if the passage was deleted.
TEXTS = [
    ("Prices fell in May. It is cheap today. Buy it now.", "It is cheap today."),
    ("Long ago. Prices fell. Oh, It is cheap today. So buy it now.", "It is cheap today."),
    ("Prices fell in May. It is very cheap indeed today. Buy it now.", "It is very cheap indeed today."),
    ("Prices fell in May. Oh. It is rather cheap today. So: Buy it now.", "It is rather cheap today."),
    ("Prices fell in May. Nobody pays as much. Buy it now.", "Nobody pays as much."),
    ("Prices fell in May. Buy it now. Other words. It is cheap today.", "It is cheap today."),
    ("It is cheap today. Once. Prices fell in May. It is cheap today. Buy it now.", "It is cheap today."),
    ("Prices fell in May.  Buy it now.", ""),
    ("Nothing of this is left.", ""),
]


def highlighted(page, words):
    wait_until(
        page,
        "words => [...document.querySelectorAll('.commented')].map((part) => part.textContent).join('') === words",
        words,
    )


def open_form(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()


SELECT = """words => {
  const editor = document.querySelector(".ProseMirror[contenteditable]");
  const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
  const ends = [];
  let seen = "";
  while (walker.nextNode()) {
    for (let at = 0; at < walker.currentNode.data.length; at += 1) ends.push([walker.currentNode, at]);
    seen += walker.currentNode.data;
  }
  const start = seen.indexOf(words);
  const [last, at] = ends[start + words.length - 1];
  editor.focus();
  getSelection().setBaseAndExtent(...ends[start], last, at + 1);
}"""


def select(page, words):
    """Select words of the text as a mouse would; the editor hears of it a moment later."""
    page.evaluate(SELECT, words)
    page.wait_for_timeout(100)


@pytest.mark.journey
def test_a_comment_survives_edits_save_restore_and_paste(editor_page):
    page = editor_page
    body = "<p>Prices fell in May. It is cheap. Buy it.</p><p>The end.</p>"
    article = factories.article(body=body, state=State.DRAFT)
    open_form(page, article)
    for text, expected in TEXTS:
        found = page.evaluate(
            "([text, passage]) => import('richtext/passages').then(({ locate }) => locate(text, passage))",
            [text, PASSAGE],
        )
        assert (text[found["from"] : found["to"]] if found else "") == expected, text
    select(page, "It is cheap.")
    page.keyboard.press("Control+Alt+m")
    page.keyboard.type("Says who?")
    select(page, "The end.")
    page.keyboard.press("Control+Alt+m")
    page.get_by_text("Send or cancel this comment first.").wait_for()
    page.keyboard.press("Control+Enter")
    highlighted(page, "It is cheap.")
    assert Comment.objects.get().quotation == "It is cheap."
    # Edits before, after and inside the passage, then a save.
    for before, words in (("Prices", "In short: "), ("Buy", "So: "), ("cheap", "rather ")):
        select(page, before)
        page.keyboard.type(words + before)
    highlighted(page, "It is rather cheap.")
    press_button(page, "Save draft")
    highlighted(page, "It is rather cheap.")
    # A restored version, and a passage that is moved.
    article.refresh_from_db()
    first = Revision.objects.of(article).order_by("pk").first().content
    perform_action(article, ActionRequest(Action.RESTORE, read(article) | {"fields": first["fields"]}))
    open_form(page, article)
    highlighted(page, "It is cheap.")
    select(page, "It is cheap.")
    page.keyboard.press("Control+x")
    page.get_by_role("tab", name="Comments").click()
    page.get_by_text("Passage deleted").wait_for()
    assert "It is cheap." in page.locator("[data-thread]").inner_text()
    page.locator(f"{EDITOR} > p").last.click()
    page.keyboard.press("End")
    page.keyboard.press("Control+v")
    highlighted(page, "It is cheap.")
    assert not page.get_by_text("Passage deleted").is_visible()


def test_the_verdict_is_given_without_scrolling_past_the_text(editor_page):
    page = editor_page
    article = factories.article(state=State.IN_REVIEW, body="<p>Words.</p>" * 50)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(f"/admin/articles/article/{article.pk}/review/")
        for name in ("Request changes", "Approve"):
            box = page.get_by_role("button", name=name, exact=True).bounding_box()
            assert 0 <= box["y"] <= 700 - box["height"], (width, name)
            assert box["x"] + box["width"] <= width
    page.get_by_role("button", name="Request changes").click()
    assert page.locator(".form-bar .errorlist").inner_text() == "Enter a comment first."
    page.get_by_role("link", name="Comment", exact=True).click()
    page.get_by_role("textbox", name="Comment").fill("Say what it costs.")
    page.get_by_role("button", name="Request changes").click()
    page.get_by_text("Changes requested.").wait_for()
    assert Comment.objects.get().text == "Say what it costs."
