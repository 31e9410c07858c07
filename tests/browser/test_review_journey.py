"""From submission to publication by three people: each sees the next step in the inbox, and nobody else's."""

from importlib import import_module

import pytest
from django.apps import apps
from playwright.sync_api import expect

from articles.models import Article
from publishing.content.publishable import State
from tests import factories
from tests.browser.conftest import PASSWORD, complaints_of
from tests.browser.test_counted_journeys import IS_IN_SIGHT
from tests.browser.test_editor_journey import EDITOR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = "What a model costs"


class Person:
    """A person at a browser, whose clicks are counted."""

    def __init__(self, page, name: str, role: str):
        self.page, self.clicks = page, 0
        self.user = factories.user(role, username=name.lower(), first_name=name, password=PASSWORD)
        page.goto("/admin/login/")
        page.get_by_label("Username").fill(name.lower())
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")

    def click(self, target, *, leaves: bool = False):
        target.wait_for()
        assert target.evaluate(IS_IN_SIGHT), "nothing to look for by scrolling"
        if leaves:
            with self.page.expect_navigation():
                target.click()
        else:
            target.click()
        self.clicks += 1

    def inbox(self) -> list[tuple[str, str]]:
        """Load the inbox; return heading and next step of each entry."""
        self.page.goto("/admin/")
        entries = []
        for part in self.page.locator(".inbox section").all():
            heading = part.locator("h2").inner_text().rstrip(" 0123456789")
            for item in part.locator(".inbox__item", has_text=TITLE).all():
                entries.append((heading, item.locator(".row-choices__one").inner_text().partition("\n")[0]))
        return entries

    def take(self, step: str):
        self.click(self.page.locator(".inbox__item").get_by_role("link", name=f"{step} “{TITLE}”"), leaves=True)


@pytest.fixture
def roles(transactional_db):
    """The groups with their permissions, which the end of another test with transactions has removed."""
    import_module("publishing.migrations.0002_roles").create_groups(apps, None)


@pytest.fixture
def people(chromium, live_server, roles):
    contexts, complaints, people = [], [], []
    for name, role in (("Anna", "Author"), ("Eddie", "Editor"), ("Olga", "Editor")):
        context = chromium.new_context(
            base_url=live_server.url, locale="en-GB", timezone_id="UTC", viewport={"width": 1440, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        complaints.append(complaints_of(page))
        people.append(Person(page, name, role))
    yield people
    for context in contexts:
        context.close()
    assert not [words for of_one_page in complaints for words in of_one_page]


@pytest.mark.journey
def test_three_people_bring_a_text_from_submission_to_publication_in_six_clicks(people):
    anna, eddie, olga = people
    article = factories.article(title=TITLE, state=State.DRAFT, owner=anna.user)
    anna.page.goto(f"/admin/articles/article/{article.pk}/change/")
    anna.page.locator(EDITOR).wait_for()
    anna.page.get_by_label("Reviewer").select_option("Eddie")
    anna.clicks += 1
    anna.click(anna.page.get_by_role("button", name="Submit for review"), leaves=True)
    assert [person.inbox() for person in people] == [[], [("Reviews", "Review")], []]

    eddie.take("Review")
    expect(eddie.page.locator("main")).to_contain_text("Waiting for Eddie")
    eddie.click(eddie.page.get_by_role("button", name="Approve", exact=True), leaves=True)
    ready = [("Ready to publish", "Publish")]
    assert [person.inbox() for person in people] == [[("Your submitted texts", "Read review")], ready, ready]
    assert "Approved by Eddie" in anna.page.locator(".inbox").inner_text()

    olga.take("Publish")
    olga.click(olga.page.get_by_role("button", name="Publish", exact=True), leaves=True)
    assert [person.inbox() for person in people] == [[("Your submitted texts", "View page")], [], []]
    assert "Published by Olga" in anna.page.locator(".inbox").inner_text()
    assert Article.objects.published().get() == article
    assert sum(person.clicks for person in people) <= 6


def test_the_menu_beside_publish_works_by_keyboard_and_on_a_phone(people):
    _, _, olga = people
    article = factories.article(title=TITLE, state=State.DRAFT)
    page = olga.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()
    publish = page.get_by_role("button", name="Publish", exact=True)
    publish.focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Publish later"
    page.keyboard.press("Enter")
    tomorrow = page.get_by_role("button", name="Tomorrow 9:00")
    expect(tomorrow).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(tomorrow).to_be_hidden()
    assert page.locator(":focus").inner_text() == "Publish later"
    page.keyboard.press("Enter")
    page.locator(".schedule > summary").click()
    page.locator("#id_publish_at_0").fill("2999-01-01")
    with page.expect_navigation():
        page.get_by_role("button", name="Schedule", exact=True).click()
    # The menu is open again, with the error beside the field and the date kept.
    expect(page.get_by_text("Choose a time.").last).to_be_in_viewport()
    expect(page.locator("#id_publish_at_0")).to_have_value("2999-01-01")
    page.locator("#id_publish_at_1").fill("09:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Schedule", exact=True).click()
    article.refresh_from_db()
    assert article.status == "Scheduled"
    expect(publish).to_be_in_viewport(ratio=1)


def test_the_menu_works_without_a_script(chromium, live_server, people):
    _, _, olga = people
    article = factories.article(title=TITLE, state=State.DRAFT)
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=olga.page.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(".split__more > summary").click()
    page.get_by_role("button", name="Tomorrow 9:00").click()
    page.locator(".messagelist .success").wait_for()
    context.close()
    article.refresh_from_db()
    assert article.status == "Scheduled"
