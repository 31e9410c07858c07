"""A table from the catalogue: inserted by an editor, used by readers, downloaded as a file."""

import pytest

from articles.models import Article
from catalog.models import AIModel
from tests.catalog import factories as catalog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = ".ProseMirror[contenteditable]"
DIALOG = ".richtext-dialog"


def press(page, words):
    with page.expect_navigation():  # the page may still show the message about the save before
        page.locator(".submit-row").last.get_by_role("button", name=words, exact=True).click()
    page.locator(".messagelist .success, .messagelist .info").first.wait_for()


def add_model(page, words):
    page.get_by_label("Add a model by its name").fill(words)
    page.locator(f"{DIALOG} .richtext-finder__record").first.wait_for()
    page.keyboard.press("Enter")
    page.locator(f"{DIALOG} li", has_text=words).get_by_role("button", name="Remove").wait_for()


def cells(table) -> list[list[str]]:
    rows = table.locator("tr").all()
    return [[" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()] for row in rows]


def test_a_table_is_chosen_published_followed_and_downloaded(editor_page):
    page = editor_page
    large = catalog.model(name="Large model", context_tokens=200_000)
    catalog.model(name="Small model", context_tokens=8_000)
    catalog.unverified(name="Model of a rumour")
    page.goto("/admin/articles/article/add/")
    page.locator("#id_title").fill("How much they read")
    page.locator("#id_summary").fill("Two numbers.")
    page.locator(EDITOR).click()
    page.keyboard.type("Before it.")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Alt+g")
    page.locator(DIALOG).get_by_label("Caption").fill("What they read")
    page.get_by_label("Add a model by its name").press("Enter")
    page.locator(DIALOG).get_by_role("button", name="Insert", exact=True).click()
    page.locator(f"{DIALOG} [role=alert]").get_by_text("Choose at least one model.").wait_for()
    page.locator(DIALOG).get_by_label("Input price", exact=True).uncheck()
    page.locator(DIALOG).get_by_label("Output price", exact=True).uncheck()
    add_model(page, "Small mod")
    add_model(page, "Large mod")
    page.get_by_label("Add a model by its name").fill("rumour")
    page.get_by_text("No results.").wait_for()
    page.locator(DIALOG).get_by_role("button", name="Insert", exact=True).click()
    page.locator(f"{DIALOG} [role=alert]").get_by_text("Choose at least one column.").wait_for()
    page.locator(DIALOG).get_by_label("Context window", exact=True).check()
    page.locator(DIALOG).get_by_role("button", name="Insert", exact=True).click()
    shown = page.locator(f"{EDITOR} .richtext-comparison")
    shown.wait_for()
    assert cells(shown) == [["Model", "Context window, tokens"], ["Small model", "8,000"], ["Large model", "200,000"]]
    page.keyboard.type("After it.")
    press(page, "Publish")
    article = Article.objects.get()
    assert article.body.startswith('<p>Before it.</p><table data-table="catalog.aimodel?record=')
    assert article.body.endswith("</table><p>After it.</p>")

    AIModel.objects.filter(pk=large.pk).update(context_tokens=400_000)
    reader = page.context.browser.new_context(
        base_url=page.url.split("/admin/")[0], viewport={"width": 320, "height": 640}
    ).new_page()
    reader.goto(article.get_absolute_url())
    table = reader.get_by_role("region", name="What they read")
    assert cells(table)[2] == ["Large model", "400,000"]
    assert reader.evaluate("document.documentElement.scrollWidth") <= 320

    page.reload()
    assert cells(shown)[2] == ["Large model", "400,000"]
    page.get_by_role("button", name="Edit the table What they read").click()
    page.locator(DIALOG).get_by_label("Licence", exact=True).check()
    page.locator(DIALOG).get_by_label("Caption").fill("What they read now")
    page.locator(DIALOG).get_by_role("button", name="Save", exact=True).click()
    page.locator(EDITOR).get_by_text("What they read now").wait_for()
    press(page, "Publish")
    reader.reload()
    table = reader.get_by_role("region", name="What they read now")
    assert cells(table)[2] == ["Large model", "400,000", "unknown"]
