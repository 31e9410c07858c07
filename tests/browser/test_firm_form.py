"""The form of the firm: with a keyboard, for screen readers and on a small screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from articles.models import ArticleKind
from publishing.content.publishable import State
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_a_text_is_withdrawn_by_keyboard_and_axe_finds_nothing(editor_page):
    service = factories.article(kind=ArticleKind.SERVICE, slug="custom-ai-systems", title="Custom AI systems")
    factories.article(kind=ArticleKind.PAGE, slug="how-we-check", title="How we check")
    page = editor_page
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/admin/publishing/sitesettings/1/change/")
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    assert not found.violations_count, found.generate_report()
    box = page.get_by_role("group", name="Services").get_by_role("checkbox", name="Custom AI systems")
    assert box.is_checked()
    edges = page.locator(".firm-texts *").evaluate_all("all => all.map(each => each.getBoundingClientRect().right)")
    assert max(edges) <= 320
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == service.get_absolute_url()
    page.locator("[name=_save]").first.click()
    page.get_by_text("Readers see the changes now.").wait_for()
    service.refresh_from_db()
    assert service.state == State.DRAFT
    assert not page.get_by_role("checkbox", name="Custom AI systems").is_checked()
    assert page.get_by_role("checkbox", name="How we check").is_checked()
