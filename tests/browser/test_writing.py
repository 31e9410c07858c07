"""Writing in the editor: the menu of "/", replacements while typing, the toolbars at the text, and moved blocks."""

import pytest

from articles.models import Article
from publishing.content.snippet import Snippet
from tests import factories
from tests.browser.test_editor_journey import EDITOR, press, press_button, save
from tests.publishing.importing import seed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_text(page, body):
    article = factories.article(body=body)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(f"{EDITOR} p").first.click()
    press(page, "End")
    return article


def saved(page, article) -> str:
    save(page)
    article.refresh_from_db()
    return article.body


@pytest.mark.journey
def test_the_slash_menu_is_filtered_and_steered_by_keyboard(editor_page):
    page = editor_page
    article = open_text(page, "<p>Begun.</p><pre><code>x</code></pre>")
    text, menu = page.locator(EDITOR), page.get_by_role("listbox", name="Insert")
    press(page, "Enter")
    page.keyboard.type("/")
    menu.wait_for()
    for words in ("Bulleted list", "Numbered list", "Quotation", "Divider", "Code block", "Table written by hand"):
        assert menu.get_by_role("option", name=words).count() == 1
        assert page.get_by_role("button", name=words, exact=True).count() == 1
    assert text.get_attribute("aria-activedescendant") == menu.get_by_role("option", selected=True).get_attribute("id")
    press(page, "ArrowDown")
    assert "Catalogue fact" in menu.get_by_role("option", selected=True).inner_text()
    page.keyboard.type("fac")
    assert menu.get_by_role("option").count() == 1
    press(page, "Escape")
    assert menu.count() == 0
    assert text.get_attribute("aria-activedescendant") is None
    for _ in "/fac":
        page.keyboard.press("Backspace")
    page.keyboard.type("/h2")
    press(page, "Enter")
    page.keyboard.type("What it costs and/or not")  # a slash within words opens nothing
    press(page, "Enter")
    page.keyboard.type("/div")
    menu.get_by_role("option", name="Divider").click()
    page.locator(f"{EDITOR} pre").click()
    press(page, "End")
    page.keyboard.type(" /")
    assert menu.count() == 0  # code
    body = saved(page, article)
    assert '<h2 id="what-it-costs-andor-not">What it costs and/or not</h2><hr>' in body
    assert "<code>x /</code>" in body


@pytest.mark.journey
def test_lists_links_dashes_and_quotes_are_made_while_typing(editor_page):
    page = editor_page
    article = open_text(page, "<p>Begun:</p><pre><code>x</code></pre>")
    page.keyboard.type(""" "It's 'new'" -- see [the page](https://example.com/a), 2024--2026""")
    page.keyboard.type(' "')
    press(page, "Backspace")  # takes the replacement back, and not the character
    press(page, "Enter")
    page.keyboard.type("1. first")
    press(page, "Enter")
    page.keyboard.type("second")
    page.locator(f"{EDITOR} pre").click()
    press(page, "End")
    page.keyboard.type(' "--')
    assert saved(page, article) == (
        '<p>Begun: “It’s ‘new’” – see <a href="https://example.com/a">the page</a>, 2024–2026 "</p>'
        '<ol><li><p>first</p></li><li><p>second</p></li></ol><pre><code>x "--</code></pre>'
    )


@pytest.mark.journey
def test_bars_at_the_table_and_the_selection_act_there(editor_page):
    page = editor_page
    rows = "<tr><th><p>a</p></th><th><p>b</p></th></tr><tr><td><p>c</p></td><td><p>d</p></td></tr>"
    article = open_text(page, f"<p>Begun here.</p><table><caption>T</caption><tbody>{rows}</tbody></table>")
    page.locator("#id_summary").focus()
    press_anywhere(page, "Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "textbox"  # past the menu bar
    press_anywhere(page, "Alt+F10", "ArrowRight")
    assert page.evaluate("document.activeElement.closest('[role=toolbar]').ariaLabel") == "Format"
    press_anywhere(page, "Escape")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "textbox"
    page.locator(f"{EDITOR} td").first.click()
    page.get_by_role("toolbar", name="Table").get_by_role("button", name="Row below").click()
    page.locator(f"{EDITOR} td").nth(2).click()
    press(page)
    page.keyboard.type("e")
    press(page, "Alt+ArrowUp")
    press(page, "Alt+ArrowUp")  # not past the headings
    page.locator(f"{EDITOR} p").first.click()
    press(page, "Home", *["Shift+ArrowRight"] * 5)
    bar = page.get_by_role("toolbar", name="Selected text")
    bar.wait_for()
    press_anywhere(page, "Alt+F10", "ArrowRight", "Enter")
    assert bar.get_by_role("button", name="Italic", pressed=True).count() == 1
    press(page, "Alt+ArrowDown", "Alt+ArrowUp", "Alt+ArrowDown")
    handle = page.locator(".richtext-handle")
    page.locator(f"{EDITOR} > p", has_text="Begun").hover()
    handle.drag_to(page.locator(f"{EDITOR} caption"), target_position={"x": 5, "y": 2})
    body = saved(page, article)
    assert body.startswith("<p><em>Begun</em> here.</p><table>")
    assert "</tr><tr><td><p>e</p></td><td></td></tr><tr><td><p>c</p></td>" in body.replace("<p></p>", "")


HINT = """() => {
  const words = getComputedStyle(document.querySelector(".ProseMirror p"), "::before");
  return words.content === '"Type / for blocks"' && words.opacity === "1";
}"""
BUTTONS = (
    "[...document.querySelectorAll('.prose-menubar button')].map(button => [button.ariaLabel, button.textContent])"
)


def test_a_snippet_hints_at_the_menu_and_is_saved_by_a_shortcut(editor_page):
    page = editor_page
    page.goto("/admin/publishing/snippet/add/")
    text = page.locator(EDITOR)
    text.click()
    assert page.evaluate(HINT)
    page.keyboard.type("Ask us")
    assert not page.evaluate(HINT)
    labels = page.evaluate(BUTTONS)
    assert {"Bold", "Heading 2", "Undo"} < {label for label, _ in labels}
    assert all(label[0].isupper() for label, _ in labels)
    icons = dict(labels)
    assert icons["Code"] != icons["Code block"]
    page.locator("#id_name").fill("Advice")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/change/")
    assert Snippet.objects.get().body == "<p>Ask us</p>"


def press_anywhere(page, *keys):
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(50)


@pytest.mark.journey
def test_a_note_ends_with_enter_end_and_the_arrow_and_goes_on_after_a_correction(editor_page):
    page = editor_page
    article = open_text(page, "<p>A claim</p>")
    press(page, "Control+Alt+n")
    page.keyboard.type("my soy")
    press(page, "Backspace")
    page.keyboard.type('urce "here"')  # quotation marks are replaced while typing
    press(page, "Enter")
    page.keyboard.type("Next")
    press(page, "Control+Alt+n")
    page.keyboard.type("by End")
    press(page, "End")
    page.keyboard.type(" goes on.")
    for _ in range(len("goes on.")):
        press(page, "ArrowLeft")
    press(page, "Control+Alt+n")
    page.keyboard.type("by arrow")
    press(page, "ArrowRight")
    page.keyboard.type("It ")
    assert saved(page, article) == (
        "<p>A claim<small>my source “here”</small></p>"
        "<p>Next<small>by End</small> <small>by arrow</small>It goes on.</p>"
    )


def test_a_note_at_the_end_of_an_imported_paragraph_does_not_swallow_what_is_typed_after_it(editor_page):
    page = editor_page
    reference = "<w:p><w:r><w:t>A claim</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    words = "<w:p><w:r><w:t>The source.</w:t></w:r></w:p>"
    notes = f"<w:footnotes {seed.W}><w:footnote w:id='2'>{words}</w:footnote></w:footnotes>"
    content = seed.document(seed.paragraph("A guide", "Title") + reference, {"word/footnotes.xml": notes})
    page.goto("/admin/articles/article/import/")
    page.locator("input[type=file]").set_input_files({"name": "a.docx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Import as draft").click()
    page.wait_for_url("**/change/")
    page.locator(f"{EDITOR} p").first.click()
    press(page, "End", "Enter")
    page.keyboard.type("Next.")
    press(page, "Enter")
    page.keyboard.type("Last.")
    article = Article.objects.get()
    press_button(page, "Save draft")
    article.refresh_from_db()
    assert article.body == "<p>A claim<small>The source.</small></p><p>Next.</p><p>Last.</p>"
