"""Dated claims and gaps in a browser: from the word in the text to the click that confirms it, also on a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from publishing.content.miss import Miss
from publishing.quality.claims.models import Claim
from tests import factories
from tests.browser.test_editor_journey import EDITOR
from tests.browser.test_preflight import go_to, in_sight

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def article(db):
    body = f"{'<p>Words.</p>' * 40}<ul><li><p>It is the latest.</p></li></ul><p>Ends.</p>"
    return factories.article(title="Which one", body=body)


def assert_whole(page):
    """Assert that axe-core finds no problem and no content is off the screen."""
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["target"]) for item in found if item["impact"] != "minor"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_claim_is_found_in_the_text_and_confirmed_on_a_phone(editor_page, article):
    page = editor_page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()
    panel = page.get_by_role("region", name="Before you publish")
    go_to(panel, "“is the latest” will not be true for long. Name the model or version")
    assert in_sight(page.locator(f"{EDITOR} li"))
    Claim.objects.update(review_by=timezone.localdate() - timedelta(days=1))

    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    page.goto("/admin/publishing/claim/?due=past")
    page.get_by_text("overdue", exact=True).wait_for()
    assert_whole(page)
    page.get_by_role("button", name="Confirm –").press("Enter")
    page.get_by_text("Confirmed: 1.").wait_for()
    assert Claim.objects.get().review_by > timezone.localdate()


def test_a_draft_is_begun_from_a_search_in_vain(editor_page, article):
    page = editor_page
    Miss.objects.add(Miss.Kind.SEARCH, {"zebra stripes": (3, "")})
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/admin/publishing/dismissedgap/")
    assert_whole(page)
    page.get_by_role("link", name="Start a draft: article").click()
    assert page.get_by_label("Title:", exact=True).input_value() == "Zebra stripes"
