"""Texts about a model that is retired, renamed, unpublished and deleted."""

import pytest

from catalog.models import AIModel
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REVIEW = "/admin/publishing/needs-review/"


@pytest.fixture
def reader(page):
    context = page.context.browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=page.url.split("/admin")[0]
    )
    yield context.new_page()
    context.close()


def text_about(model):
    body = (
        f'<p>We like <a href="ref:catalog.aimodel/{model.pk}">Sample</a>.</p>'
        f'<p>It reads <a href="fact:catalog.aimodel/{model.pk}/context_tokens">128,000 tokens</a> at once.</p>'
    )
    return factories.article(title="How we use it", body=body)


def changes_under_review(page) -> list[str]:
    page.goto(REVIEW)
    return [" ".join(text.split()) for text in page.locator(".stale__changes li").all_inner_texts()]


def test_what_readers_and_editors_see(editor_page, reader):
    page = editor_page
    model = factories.publishable(AIModel, "Sample", context_tokens=128_000)
    model.events.create(kind="released", date="2024-01-01")
    successor = factories.publishable(AIModel, "Next")
    article = text_about(model)
    change = f"/admin/catalog/aimodel/{model.pk}/change/"

    # Retired: announced before the change, shown on the page, listed for review.
    page.goto("/admin/catalog/lifecycleevent/add/")
    page.evaluate(
        """([model, next]) => {
            for (const [name, key] of [["model", model], ["replaced_by", next]]) {
                const field = document.querySelector(`[name=${name}]`);
                field.append(new Option("chosen", key, true, true));
            }
        }""",
        [model.pk, successor.pk],
    )
    page.locator("#id_kind").select_option("retired")
    page.locator("#id_date").fill("2025-06-01")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("heading", name="This change affects published pages").wait_for()
    assert page.locator("del").first.inner_text() == "available"
    assert page.locator("ins").first.inner_text() == "retired"
    page.get_by_role("button", name="Save").click()
    page.locator(".messagelist .success").wait_for()
    reader.goto(article.get_absolute_url())
    notice = reader.get_by_role("complementary", name="Retired models")
    assert (
        " ".join(notice.locator("li").inner_text().split())
        == f"{model.name}, since 1 June 2025; replaced by {successor.name}"
    )
    assert reader.evaluate("document.documentElement.scrollWidth") <= 360
    notice.get_by_role("link", name=successor.name).click()
    assert reader.url.endswith(successor.get_absolute_url())
    assert changes_under_review(page) == [f"{model.name}, status: available → retired"]
    page.get_by_role("button", name="Still correct").click()
    page.get_by_text("Nothing to review. Every page you can publish agrees with the catalogue.").wait_for()

    # Renamed address: no review is needed, links lead to the new one.
    page.goto(change)
    page.locator("#id_slug").fill("moved")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.locator(".messagelist .success").wait_for()
    reader.goto(article.get_absolute_url())
    reader.locator(".prose a", has_text="Sample").click()
    assert reader.url.endswith("/moved/")
    assert changes_under_review(page) == []

    # Unpublished: the words stay without a link, and the editor is notified.
    page.goto(change)
    page.locator("#id_state").select_option("draft")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("How we use it").first.wait_for()
    page.get_by_role("button", name="Return to draft").click()
    page.locator(".messagelist .success").wait_for()
    reader.goto(article.get_absolute_url())
    assert reader.locator(".prose").inner_text().split("\n")[0] == "We like Sample."
    assert "128,000 tokens" in reader.locator(".prose").inner_text()
    assert reader.locator(".prose a").count() == 0
    assert notice.count() == 0
    found = changes_under_review(page)
    assert f"{model.name}, context window: 128,000 tokens → unknown or not on the site" in found
    page.get_by_role("button", name="Still correct").click()
    page.get_by_text("Nothing to review. Every page you can publish agrees with the catalogue.").wait_for()

    # Published again, with its link; then deleted.
    AIModel.objects.filter(pk=model.pk).update(state="published")
    reader.goto(article.get_absolute_url())
    assert reader.locator(".prose a.fact").inner_text() == "128,000 tokens"
    assert f"{model.name}, name: unknown → {model.name}" in changes_under_review(page)
    page.get_by_role("button", name="Still correct").click()
    AIModel.objects.get(pk=model.pk).delete()
    reader.goto(article.get_absolute_url())
    assert reader.locator(".prose a").count() == 0
    assert f"{model.name}, name: {model.name} → unknown or not on the site" in changes_under_review(page)
