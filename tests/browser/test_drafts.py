"""Drafts over live pages in a browser: what readers see meanwhile, two editors at once, and the moment of an update."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User

from articles.models import Article
from ops.jobs.scheduler import run_due_jobs
from publishing.revisions.models import Revision
from publishing.workflow.review import add_comment
from tests import factories
from tests.browser.conftest import PASSWORD, complaints_of
from tests.browser.test_editor_journey import EDITOR, press_button

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sign_in(chromium, live_server):
    """A function that opens a separate browser, signed in as an editor of that name."""
    contexts, complaints = [], []

    def open_for(name):
        factories.administrator(username=name, password=PASSWORD)
        context = chromium.new_context(base_url=live_server.url, locale="en-GB", timezone_id="UTC")
        contexts.append(context)
        page = context.new_page()
        complaints.append(complaints_of(page))
        page.goto("/admin/login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert not [words for of_one_page in complaints for words in of_one_page]


@pytest.fixture
def reader(chromium, live_server):
    context = chromium.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


def open_form(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()


def write_at_the_end(page, words):
    page.locator(f"{EDITOR} > p").last.click()
    page.keyboard.press("End")
    page.keyboard.type(words)


@pytest.mark.journey
def test_readers_see_the_old_text_until_it_is_published(sign_in, reader):
    article = factories.article(title="Old title", slug="text", body="<p>It stands.</p>", authors=[factories.author()])
    desk = factories.author(name="Second desk")
    page = sign_in("ada")
    open_form(page, article)
    page.locator("#id_title").fill("New title")
    write_at_the_end(page, " It goes on.")
    page.get_by_role("tab", name="Settings").click()
    page.get_by_role("button", name="Add another author").click()
    page.locator("#author_links-1 .select2-selection").click()
    page.locator(".select2-search__field").last.fill("Second")
    page.locator(".select2-results__option", has_text="Second desk").click()
    press_button(page, "Save draft")
    assert "Published, with unpublished changes" in page.locator(".state-line").inner_text()
    assert page.locator("#id_title").input_value() == "New title"
    assert "Second desk" in page.locator("#author_links-1").inner_text()
    reader.goto("/articles/text/")
    assert reader.locator("h1").inner_text() == "Old title"
    assert "It goes on." not in reader.locator("main").inner_text()
    assert "Second desk" not in reader.locator("main").inner_text()
    press_button(page, "Publish")
    assert page.locator(".state-line .state").inner_text() == "Published"
    reader.reload()
    assert reader.locator("h1").inner_text() == "New title"
    assert "It stands. It goes on." in reader.locator("main").inner_text()
    assert "Second desk" in reader.locator("main").inner_text()
    assert [link.author for link in article.author_links.all()][1] == desk


def test_a_save_comes_back_at_its_place_with_the_caret(sign_in):
    article = factories.article(body="<p>It stands.</p>" * 60)
    page = sign_in("ada")
    open_form(page, article)
    paragraph = page.locator(f"{EDITOR} p").nth(30)
    paragraph.click()
    page.keyboard.press("End")
    page.keyboard.type(" It goes")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.locator(".form-bar__status", has_text="readers still see the published version").wait_for()
    assert page.evaluate("scrollY") > 500
    page.keyboard.type(" on.")
    assert paragraph.inner_text() == "It stands. It goes on."


def test_a_scheduled_update_goes_live_at_its_moment(sign_in, reader):
    article = factories.article(title="Old title", slug="text")
    page = sign_in("ada")
    open_form(page, article)
    page.locator("#id_title").fill("New title")
    moment = (datetime.now(UTC) + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)
    page.locator(".split__more > summary").click()
    page.locator(".schedule > summary").click()
    page.locator("#id_go_live_at_0").fill(f"{moment:%Y-%m-%d}")
    page.locator("#id_go_live_at_1").fill("09:00")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.locator(".messagelist .success").wait_for()
    assert f"goes live on {moment:%-d %b %Y}, 09:00 UTC" in page.locator(".state-line").inner_text()
    seen = []
    for seconds in (-60, 0):  # the worker checks each minute
        with time_machine.travel(moment + timedelta(seconds=seconds), tick=False):
            run_due_jobs()
            reader.goto("/articles/text/")
            seen.append(reader.locator("h1").inner_text())
            reader.goto("about:blank")
    assert seen == ["Old title", "New title"]
    assert Revision.objects.get(action="schedule").applied_at == moment


def test_two_who_write_at_once_keep_both_texts(sign_in):
    article = factories.article(title="Costs", body="<p>It costs little.</p>")
    ada, ben = sign_in("ada"), sign_in("ben")
    open_form(ada, article)
    open_form(ben, article)
    write_at_the_end(ada, " Ada knows.")
    press_button(ada, "Publish")
    write_at_the_end(ben, " Ben doubts.")
    ben.locator(".submit-row").last.get_by_role("button", name="Publish", exact=True).click()
    ben.wait_for_url("**/history/compare/**")
    assert "ada saved the first text while you were editing." in ben.locator("main").inner_text()
    left, right = ben.locator(".compare__text").all()
    assert left.locator("del").all_inner_texts() == ["Ada knows."]
    assert right.locator("ins").all_inner_texts() == ["Ben doubts."]
    assert Article.objects.get().body == "<p>It costs little. Ada knows.</p>"
    ben.get_by_role("button", name="Continue with my version").click()
    ben.locator(EDITOR).wait_for()
    assert "Ben doubts." in ben.locator(EDITOR).inner_text()
    write_at_the_end(ben, " Ada knows.")
    press_button(ben, "Publish")
    assert Article.objects.get().body == "<p>It costs little. Ben doubts. Ada knows.</p>"
    bodies = [revision.content["fields"]["body"] for revision in Revision.objects.all()]
    assert "<p>It costs little. Ada knows.</p>" in bodies
    assert "<p>It costs little. Ben doubts.</p>" in bodies


def test_two_see_each_other_merge_their_paragraphs_and_keep_a_comment(sign_in):
    body = "<p>It costs little.</p><p>Prices fell in May. It is cheap. Buy it.</p><p>The end.</p>"
    article = factories.article(title="Costs", body=body, state="draft")
    passage = {"quotation": "It is cheap.", "prefix": "Prices fell in May. ", "suffix": " Buy it."}
    ada, ben = sign_in("ada"), sign_in("ben")
    add_comment(article, User.objects.get(username="ada"), "Says who?", field="body", **passage)
    open_form(ada, article)
    open_form(ben, article)
    ben.get_by_text("Also editing: ada").wait_for()
    ada.get_by_text("Also editing: ben").wait_for(timeout=16_000)
    ada.locator(f"{EDITOR} > p").first.click()
    ada.keyboard.press("End")
    ada.keyboard.type(" Ada knows.")
    press_button(ada, "Save draft")
    write_at_the_end(ben, " Ben doubts.")
    with ben.expect_navigation():
        ben.locator(".submit-row").last.get_by_role("button", name="Save draft", exact=True).click()
    ben.goto(f"/admin/articles/article/{article.pk}/change/")  # told again when the text is opened later
    ben.get_by_role("heading", name="You have another version of this text").wait_for()
    ben.get_by_role("link", name="Compare both").click()
    first, last = ben.get_by_role("group", name="Choose a version").all()
    first.get_by_role("radio").first.check()
    last.get_by_role("radio").nth(1).check()
    ben.get_by_role("button", name="Save the merged text").click()
    ben.locator(EDITOR).wait_for()
    assert ben.locator(EDITOR).locator("p").all_inner_texts() == [
        "It costs little. Ada knows.",
        "Prices fell in May. It is cheap. Buy it.",
        "The end. Ben doubts.",
    ]
    assert "".join(ben.locator(".commented").all_inner_texts()) == "It is cheap."
    assert not ben.get_by_role("heading", name="You have another version of this text").count()


def test_pages_about_a_text_fit_a_phone_whatever_it_is_called(sign_in):
    page = sign_in("ada")
    page.set_viewport_size({"width": 320, "height": 640})
    article = factories.article(title=f"{'Unbroken' * 20}", state="draft")
    open_form(page, article)
    page.locator("#id_note").fill("x" * 150)
    press_button(page, "Submit for review")
    page.goto(f"/admin/articles/article/{article.pk}/history/")
    page.get_by_role("region", name="Table of versions").focus()
    for view in ("history/", "history/compare/?one=%d&other=%d", "review/", "share/", "delete/", "change/"):
        if "%d" in view:
            view %= tuple(Revision.objects.order_by("pk").values_list("pk", flat=True)[:2])
        page.goto(f"/admin/articles/article/{article.pk}/{view}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, view
