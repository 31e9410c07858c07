"""A reader sends the contact form with the keyboard alone and without scripts."""

import pytest

from enquiries.models import Enquiry
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focused(page, attribute: str) -> str:
    return page.evaluate(f"document.activeElement.{attribute}")


def tab_to(page, attribute: str, value: str):
    """Press Tab until the element has the focus; fails if it cannot be reached."""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert focused(page, "name") != "website", "The field for robots can be reached."
        if focused(page, attribute) == value:
            return
    raise AssertionError(f"Tab does not lead to {value}.")


@pytest.mark.journey
def test_reader_writes_by_keyboard_mends_what_was_wrong_and_is_thanked(page):
    article = factories.article(title="What a token costs")
    page.goto(article.get_absolute_url())
    tab_to(page, "textContent", "Describe your project")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/?from=**")
    assert page.get_by_text("About: What a token costs").is_visible()
    tab_to(page, "name", "kind")
    page.keyboard.press("ArrowDown")
    tab_to(page, "name", "name")
    page.keyboard.type("Ada Example")
    tab_to(page, "name", "message")
    page.keyboard.type("Which model?")
    tab_to(page, "textContent", "Send")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.title().startswith("Not sent yet")
    page.locator(".problems:focus").wait_for()  # browsers move the focus a moment after they show the page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page, "name") == "email"
    page.keyboard.type("ada@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/thanks/?receipt=*")
    assert page.get_by_role("heading", name="Your message was sent").is_visible()
    assert page.context.cookies() == []
    enquiry = Enquiry.objects.get()
    assert (enquiry.name, enquiry.email, enquiry.kind) == ("Ada Example", "ada@example.org", "question")
    assert (enquiry.message, enquiry.came_from) == ("Which model?", article.get_absolute_url())


def test_fields_for_a_key_are_there_when_a_key_is_asked_for(page):
    page.goto("/contact/")
    purpose = page.get_by_label("What will you use the data for?")
    assert not purpose.is_visible()
    page.get_by_label("An API key").check()
    assert purpose.is_visible()
    page.goto("/api/")
    page.get_by_role("link", name="Request a key", exact=True).click()
    purpose.wait_for()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/contact/?from=/articles/a-very-long-address-of-an-article-that-somebody-wrote/", "/api/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
