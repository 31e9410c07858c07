"""The frame of the admin in a browser: search by a key, the menu on a phone, and accessibility of the new pages."""

import pytest

from catalog.models import TableImport
from tests import factories
from tests.browser.test_claims import assert_whole
from tests.browser.test_editor_journey import EDITOR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    *("/admin/", "/admin/calendar/", "/admin/search/?q=heron", "/admin/profile/"),
    *("/admin/articles/article/", "/admin/articles/article/add/", "/admin/articles/article/import/"),
    *(f"/admin/articles/article/1/{view}/" for view in ("change", "history", "review", "share", "delete")),
    *("/admin/faq/question/add/", "/admin/publishing/image/", "/admin/publishing/image/add/"),
    *("/admin/publishing/snippet/add/", "/admin/publishing/dismissedgap/", "/admin/publishing/needs-review/"),
    *("/admin/catalog/aimodel/", "/admin/catalog/aimodel/add/", "/admin/catalog/importrun/new/"),
    *("/admin/catalog/aimodel/import/", "/admin/catalog/aimodel/import/1/", "/admin/catalog/aimodel/import/2/"),
]


@pytest.fixture
def article(db):
    factories.image()
    return factories.article(
        pk=1,
        title="The heron",
        body="<p>It waits.</p>",
        authors=[factories.author()],
        topics=[factories.topic()],
        state="in_review",
    )


def test_keys_lead_to_the_search_but_not_from_the_text(editor_page, article):
    page = editor_page
    page.goto("/admin/calendar/")
    page.keyboard.press("/")
    page.keyboard.type("heron")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="The heron").click()
    page.locator(EDITOR).click()
    page.keyboard.type("either/or")
    assert "either/or" in page.locator(EDITOR).inner_text()
    assert page.get_by_role("searchbox", name="Search everything").input_value() == ""


@pytest.fixture
def table_imports(db):
    """A file that would change a model, and one with a wrong row."""
    row = {"number": 2, "name": "A model, a-model", "is_new": False, "problems": []}
    row["differences"] = [["licence_url", "", f"https://example.com/{'licence' * 20}"], ["context_tokens", "1", "2"]]
    wrong = row | {"differences": [], "problems": ["context_tokens: “much” is not a number."]}
    told = [{"place": "1 article", "reason": ""}, {"place": "“The heron”: It waits.", "reason": "A model, licence"}]
    shared = {"table": "aimodel", "file_name": f"{'models-' * 12}.csv", "total_count": 1}
    TableImport.objects.create(pk=1, state="held", counts={"changed": 1}, rows=[row], impact=told, **shared)
    TableImport.objects.create(pk=2, state="failed", counts={"wrong": 1}, rows=[wrong], **shared)


def test_menu_opens_on_a_phone_and_pages_are_whole(editor_page, article, table_imports):
    page = editor_page
    page.emulate_media(reduced_motion="reduce")
    for width, scheme in ((320, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 700})
        page.emulate_media(color_scheme=scheme)
        for path in PAGES:
            page.goto(path)
            assert_whole(page)
    page.set_viewport_size({"width": 320, "height": 700})
    page.get_by_role("button", name="Menu").press("Enter")
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Questions").press("Enter")
    page.get_by_role("heading", name="Questions", exact=True).wait_for()
