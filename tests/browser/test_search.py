"""The search field of every page in a browser: suggestions by the keyboard, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_masthead_suggests_pages_and_the_keyboard_chooses_one(page, width):
    factories.question(question="Can we keep a retired model?")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/articles/")
    if width == 390:
        page.get_by_text("Menu", exact=True).click()
    field = page.get_by_role("banner").locator("[name=q]")
    field.press_sequentially("retir")
    options = page.get_by_role("option")
    expect(options.first).to_have_text("Upcoming retirementsPage")
    field.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("menu-suggestions-"))
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press("!")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/catalog/retiring/$"))
