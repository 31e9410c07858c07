"""Redirects in a browser: a dead address gets one."""

import pytest

from publishing.content.miss import Miss
from publishing.content.redirect import Redirect
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_address_that_leads_nowhere_gets_a_redirect_to_a_page(editor_page):
    Miss.objects.add(Miss.Kind.ADDRESS, {"/blog/costs.html": (3, ""), "/odd/": (1, "")})
    article = factories.article(title="What a token costs", slug="tokens")
    page = editor_page
    page.goto("/admin/publishing/dismissedgap/?source=addresses")
    page.locator("li", has_text="/odd/").get_by_role("button", name="Dismiss").click()
    page.get_by_text("You can restore it under").wait_for()
    page.locator("li", has_text="/blog/costs.html").get_by_role("link", name="Add redirect").click()
    page.get_by_label("Redirects to").click()
    page.keyboard.type("/articles/tokens/")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".messagelist .success").wait_for()
    assert Redirect.objects.get().target == article
    page.goto("/admin/publishing/dismissedgap/?source=addresses")
    assert "/blog/costs.html" not in page.locator("main").inner_text()
    page.goto("/blog/costs.html")
    assert page.url.endswith("/articles/tokens/")
