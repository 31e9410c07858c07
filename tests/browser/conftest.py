"""A real browser on the running site. What it complains about fails the test."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests import factories

# Playwright keeps an event loop in this thread, in which Django would refuse to ask the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("Chromium is not on the path, and CHROMIUM does not name it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server):
    """A page of a fresh browser profile on the site; relative addresses work. Complaints of the browser are errors."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    yield page
    context.close()
    assert not complaints


def is_complaint(message) -> bool:
    """Whether the browser refused something or a script failed; a page that answers 404 or 410 is no complaint."""
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def editor_page(page, db):
    """The page, signed in to the admin as an administrator."""
    factories.administrator(username="marketing", password=PASSWORD)
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("marketing")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    return page
