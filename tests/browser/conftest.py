"""A real browser on the running site. Every error that the browser reports fails the test."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from playwright.sync_api import sync_playwright

from ops.http.static_files import BUNDLES, bundled
from publishing.content.registry import publishable_models
from tests import factories
from tests.browser.chromium import FLAGS, chromium_path
from tests.surfaces import page_types

# Playwright runs an event loop in this thread, in which Django would refuse to query the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

OTHER_LOOKS = [
    *("/no-such-page/", "/search/?q=context+window", "/search/?q=contxt", "/search/?q=zyxw"),
    *("/catalog/?unverified=1", "/catalog/?page=2"),
]
PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def chromium():
    path = chromium_path()
    if not path:
        pytest.skip("Chromium is not on the path, and CHROMIUM does not name it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server):
    """A page of a new browser profile on the site, which accepts relative addresses. Errors of the browser fail the
    test.
    """
    context = chromium.new_context(base_url=live_server.url, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    complaints = complaints_of(page)
    yield page
    context.close()
    assert not complaints


def complaints_of(page) -> list[str]:
    """Return a list that collects the browser's errors on this page."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    return complaints


def is_complaint(message) -> bool:
    """Return whether the browser refused something or a script failed; neither a page with status 404 or 410 counts,
    nor the scripts that a preview does not run."""
    expected = ("Failed to load resource", "Blocked script execution in 'about:srcdoc'")
    return message.type == "error" and not any(words in message.text for words in expected)


@pytest.fixture(scope="session")
def printed(django_db_setup, django_db_blocker, tmp_path_factory):
    """The starter content's pages, as responses by address: one page of every kind, and those with another look.

    Tests that only read need no server and no database for them: Playwright's loop would hide an open transaction.
    """
    media = tmp_path_factory.mktemp("printed")
    with override_settings(MEDIA_ROOT=media), django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter", verbosity=0)
        client = Client()
        records = [record for model in publishable_models() for record in model.objects.published()]
        pages = {path: client.get(path) for path in [*page_types(client, records).values(), *OTHER_LOOKS]}
        transaction.set_rollback(True)
    return Printed(pages, media)


@dataclass
class Printed:
    pages: dict
    media: Path

    def answer(self, route):
        """Answer a request of the browser. Fails for another host and for pages that are not in `printed`."""
        address = urlsplit(route.request.url)
        assert route.request.url.startswith(settings.SITE_URL), f"{address.netloc} is another host."
        if address.path.startswith(settings.STATIC_URL):
            name = address.path.removeprefix(settings.STATIC_URL)
            if name in BUNDLES:
                style = bundled(name, lambda part: Path(finders.find(part)).read_text(encoding="utf-8"))
                return route.fulfill(body=style, content_type="text/css")
            return route.fulfill(path=finders.find(name))
        if address.path.startswith(settings.MEDIA_URL):
            return route.fulfill(path=self.media / address.path.removeprefix(settings.MEDIA_URL))
        page = self.pages.get(address._replace(scheme="", netloc="").geturl())
        if page is None and route.request.resource_type == "image":
            page = Client().get(address.path)  # drawn from its address alone: queries no database
            assert page.status_code == 200, f"{address.path} answers {page.status_code}"
        assert page is not None, f"{address.path} is not among the printed pages."
        return route.fulfill(status=page.status_code, headers=dict(page.items()), body=page.content)


@pytest.fixture
def paths(printed) -> list[str]:
    return list(printed.pages)


@pytest.fixture
def open_page(chromium, printed):
    """A function that opens a page of `printed` in a browser with the given properties (viewport, color_scheme, …)."""
    contexts, complaints = [], []

    def open_with(**properties):
        context = chromium.new_context(base_url=settings.SITE_URL, locale="en-GB", timezone_id="UTC", **properties)
        contexts.append(context)
        context.route("**/*", printed.answer)
        page = context.new_page()
        complaints.append(complaints_of(page))
        return page

    yield open_with
    for context in contexts:
        context.close()
    assert not [words for of_one_page in complaints for words in of_one_page]


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
