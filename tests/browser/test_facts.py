"""A fact of the catalogue in a sentence: inserted by an editor, used by readers."""

import pytest

from articles.models import Article
from catalog.models import AIModel
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = ".ProseMirror[contenteditable]"


def press(page, words):
    page.locator(".submit-row").last.get_by_role("button", name=words, exact=True).click()
    page.locator(".messagelist .success, .messagelist .info").first.wait_for()


@pytest.mark.journey
def test_a_fact_is_found_by_name_worded_and_kept_up_to_date(editor_page):
    page = editor_page
    model = factories.publishable(AIModel, "Sample model", context_tokens=128_000)
    page.goto("/admin/articles/article/add/")
    page.locator("#id_title").fill("How much it reads")
    page.locator("#id_summary").fill("One number.")
    page.locator(EDITOR).click()
    page.keyboard.type("It reads ")
    page.keyboard.press("Control+Alt+k")
    page.keyboard.type("Sample mod")
    page.locator(".richtext-finder__record").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Context window 128,000 tokens").click()
    page.keyboard.type(" at once.")
    press(page, "Publish")
    article = Article.objects.get()
    address = f"fact:catalog.aimodel/{model.pk}/context_tokens"
    assert article.body == f'<p>It reads <a href="{address}">128,000 tokens</a> at once.</p>'

    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    reader = page.context.browser.new_context(base_url=page.url.split("/admin/")[0]).new_page()
    reader.goto(article.get_absolute_url())
    assert reader.locator(".prose a.fact").inner_text() == "200,000 tokens"
    reader.locator(".prose a.fact").click()
    assert reader.url.endswith(model.get_absolute_url())

    page.reload()
    chip = page.locator(f"{EDITOR} a")
    assert chip.inner_text() == "200,000 tokens"
    chip.click()
    page.wait_for_timeout(200)  # until the editor has the selection
    page.keyboard.press("Control+k")
    page.get_by_label("Wording").fill("up to {}")
    page.keyboard.press("Enter")
    page.locator(f"{EDITOR} a", has_text="up to 200,000 tokens").wait_for()
    press(page, "Publish")
    article.refresh_from_db()
    assert f'<a href="{address}?up%20to%20{{}}">up to 200,000 tokens</a> at once.' in article.body
    reader.goto(article.get_absolute_url())
    assert reader.locator(".prose a.fact").inner_text() == "up to 200,000 tokens"
