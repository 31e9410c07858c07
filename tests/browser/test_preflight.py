"""The panel “Before you publish” in a browser: it links to the place, checks again, and blocks without a reason."""

import pytest
from playwright.sync_api import expect

from articles.models import Article
from publishing.revisions.models import Revision
from tests import factories
from tests.browser.test_editor_journey import EDITOR
from tests.publishing.quality.preflight.test_checks import retired_model

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLE = "<table><caption>{}</caption><tbody><tr><{}><p>a</p></{}></tr><tr><td><p>b</p></td></tr></tbody></table>"
BODY = f"{'<p>Words.</p>' * 40}{TABLE.format('One', 'th', 'th')}{TABLE.format('Two', 'td', 'td')}<p>Ends.</p>"
LOOK = "Check now"


def in_sight(locator) -> bool:
    return locator.evaluate(
        "element => { const box = element.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
    )


def go_to(panel, words):
    panel.page.get_by_role("tab", name="Checks").click()
    panel.locator(".preflight__finding", has_text=words).get_by_role("link", name="Show").click()


@pytest.mark.journey
def test_the_panel_leads_to_the_place_and_is_asked_again(editor_page):
    page = editor_page
    page.emulate_media(reduced_motion="reduce")
    article = factories.article(
        state="draft", title="x" * 61, body=BODY, authors=[factories.author()], topics=[factories.topic()]
    )
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()
    page.get_by_role("tab", name="Checks").click()
    panel = page.get_by_role("region", name="Before you publish")
    table = page.locator(f"{EDITOR} table").nth(1)
    go_to(panel, "This table has no header row")
    assert in_sight(table)
    assert table.evaluate("element => element.getAnimations().length") == 1
    page.get_by_role("button", name="Header row on or off").click()
    assert table.locator("th").count() == 1
    go_to(panel, "search engines cut it")
    assert page.locator("#id_meta_title").evaluate("field => field === document.activeElement")
    page.keyboard.type("Short")
    page.get_by_role("tab", name="Checks").click()
    panel.get_by_role("button", name=LOOK).click()
    panel.get_by_text("No problems found.").wait_for()
    page.get_by_role("tab", name="Search").click()
    assert page.locator(".search-result__title").inner_text() == "Short · Vitrine"
    picture = page.locator(".share-card__picture")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200
    assert not Revision.objects.exists()


def test_an_error_is_asked_about_until_there_is_a_reason(editor_page):
    page = editor_page
    article = factories.article(state="draft", body=BODY)
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator("#id_title").fill("Typed just now")
    page.locator(".submit-row").last.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("heading", name="1 problem in this text").wait_for()
    page.get_by_role("button", name="Publish anyway").click()
    assert page.get_by_label("Reason for publishing with errors").evaluate("field => field.matches(':invalid:focus')")
    page.get_by_label("Reason for publishing with errors").fill("The table is a picture of one.")
    page.get_by_role("button", name="Publish anyway").click()
    page.locator(".messagelist").wait_for()
    assert Article.objects.get().title == "Typed just now"
    assert Revision.objects.latest("pk").reason == "The table is a picture of one."
    page.goto(f"/admin/articles/article/{article.pk}/history/")
    assert page.get_by_text("Published with errors: The table is a picture of one.").is_visible()


def test_the_number_of_problems_follows_the_text_and_publish_asks(editor_page):
    page = editor_page
    model = retired_model(name="Old")
    fact = f'<p><a href="fact:catalog.aimodel/{model.pk}/name">Old</a></p>'
    article = factories.article(
        state="draft", body=fact, summary="S.", authors=[factories.author()], topics=[factories.topic()]
    )
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()
    tab, count = page.get_by_role("tab", name="Checks"), page.locator("[data-problem-words]")
    assert (" ".join(tab.text_content().split()), count.inner_text()) == ("Checks (1 problem)", "1 reader warning")
    announced = page.locator("[data-problems-said]")
    # What is old is not shown as current, and what is new is announced once.
    page.locator("#id_title").press_sequentially("x" * 61)
    assert (" ".join(tab.text_content().split()), count.inner_text()) == ("Checks", "Not checked yet")
    expect(count).to_have_text("1 reader warning, 1 warning", timeout=20_000)
    expect(announced).to_have_text("Checks: 1 reader warning, 1 warning")
    assert "Checks (2" in tab.text_content()
    count.click()
    assert page.get_by_role("tab", name="Checks").get_attribute("aria-selected") == "true"
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("“Old", exact=False).first.wait_for()
    page.get_by_role("button", name="Back to the text").click()
    page.locator(EDITOR).wait_for()
    assert Article.objects.get().state == "draft"
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish anyway").click()
    page.locator(".messagelist").wait_for()
    assert Article.objects.get().state == "published"


def test_on_a_page_of_sections_it_leads_to_the_sections(editor_page):
    page = editor_page
    text = {"type": "text", "title": "How", "body": '<p>Read it <a href="https://example.com/">here</a>.</p>'}
    article = factories.article(kind="page", state="draft", sections=[text])
    page.goto(f"/admin/articles/page/{article.pk}/change/")
    page.get_by_role("tab", name="Checks").click()
    panel = page.get_by_role("region", name="Before you publish")
    go_to(panel, "“here”")
    page.locator(".field-sections :focus").wait_for()
    assert in_sight(page.locator(":focus"))
