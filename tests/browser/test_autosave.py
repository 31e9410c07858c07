"""Autosave in a browser: lost connections, closed tabs, expired sessions, two editors at the same time."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from articles.models import Article, ArticleKind
from publishing.content.publishable import State
from publishing.revisions.models import Revision
from publishing.workflow.actions import latest_content
from tests import factories
from tests.browser.conftest import PASSWORD
from tests.browser.test_drafts import EDITOR, open_form, reader, sign_in, write_at_the_end
from tests.browser.test_editor_journey import press_button

__all__ = ["reader", "sign_in"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TAKEN = [("A text", "a-text"), ("A text", "a-text-2")]
AUTOSAVE = re.compile(r"/autosave/")


def status(page):
    return page.locator(".form-bar__status")


def wait_for_status(page, words):
    status(page).filter(has_text=words).wait_for()


def wait_for_step(page, number):
    """Wait until the form has received the response to the autosave with that number."""
    expect(page.locator("#id_step")).to_have_value(str(number), timeout=10_000)


def title_of(article) -> str:
    return latest_content(Article.objects.get(pk=article.pk))["fields"]["title"]


def copies_in(page) -> int:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length")


@pytest.mark.journey
def test_what_is_typed_saves_itself_and_readers_see_the_old_text(sign_in, reader):
    article = factories.article(title="Old title", slug="text", body="<p>It stands.</p>")
    page = sign_in("ada")
    open_form(page, article)
    write_at_the_end(page, " It goes on.")
    assert copies_in(page) == 1
    wait_for_status(page, "Autosaved at")
    assert "readers still see the published version" in status(page).inner_text()
    assert copies_in(page) == 0
    page.keyboard.type(" And on.")
    page.locator("#id_title").fill("New title")
    wait_for_step(page, 2)
    assert latest_content(article)["fields"]["body"] == "<p>It stands. It goes on. And on.</p>"
    assert Revision.objects.filter(action="save").count() == 1
    reader.goto("/articles/text/")
    assert "It goes on." not in reader.locator("main").inner_text()
    press_button(page, "Publish")
    reader.reload()
    assert "It stands. It goes on. And on." in reader.locator("main").inner_text()


def test_a_new_text_gets_its_address_and_is_one_record(sign_in):
    others = [factories.article(title=title, slug=slug).pk for title, slug in TAKEN]
    page = sign_in("ada")
    page.goto("/admin/articles/article/add/")
    page.locator(EDITOR).wait_for()
    page.locator("#id_title").press_sequentially("A text")
    page.wait_for_url(re.compile(r"/articles/article/\d+/change/"))
    expect(page.locator("#id_slug")).to_have_value("a-text-3")
    for tab, words in (
        ("Checks", "These checks cover the last saved version."),
        ("Search", "A text · Vitrine"),
        ("Comments", "No open comments."),
        ("History", "Saved (autosave)"),
    ):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("tabpanel", name=tab).get_by_text(words).first.wait_for()
    page.get_by_role("tab", name="Checks").click()
    page.get_by_role("button", name="Check now").click()
    page.get_by_text("These checks cover the current text of the form.").wait_for()
    page.get_by_role("tab", name="Publish").click()
    page.locator("#id_title").press("End")
    page.locator("#id_title").press_sequentially(" of mine")
    press_button(page, "Save draft")
    article = Article.objects.exclude(pk__in=others).get()
    assert (article.title, article.owner.username, article.state) == ("A text of mine", "ada", State.DRAFT)
    assert article.slug == "a-text-of-mine"
    assert page.locator("#id_title").input_value() == "A text of mine"
    page.locator("#id_title").fill("Renamed")
    expect(page.locator("#id_slug")).to_have_value("renamed")
    page.locator("#id_slug").fill("a-text")
    problem = page.locator(".field-slug .errorlist")
    expect(problem).to_contain_text("Another record already uses this address")
    expect(page.locator("#id_slug")).to_have_value("a-text")
    page.locator("#id_slug").fill("of-mine")
    expect(problem).to_have_count(0)


def test_a_blank_form_that_came_back_with_errors_is_not_stored(sign_in):
    page = sign_in("ada")
    page.goto("/admin/articles/article/add/")
    page.locator(EDITOR).wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errornote")).to_be_focused()
    page.wait_for_timeout(4500)  # longer than the autosave waits
    assert not Article.objects.exists()
    page.locator(".form-errors").get_by_role("link", name="Title").click()
    expect(page.locator("#id_title")).to_be_focused()
    page.keyboard.type("A text")
    page.wait_for_url(re.compile(r"/articles/article/\d+/change/"))


def test_lost_connection_is_said_and_everything_is_saved_when_it_is_back(sign_in):
    article = factories.article(title="Old", body="<p>It stands.</p>")
    page = sign_in("ada")
    open_form(page, article)
    page.context.set_offline(True)
    write_at_the_end(page, " Typed offline.")
    wait_for_status(page, "Not saved: no connection, or the site is busy. Trying again.")
    assert "stored in this browser" in status(page).inner_text()
    page.keyboard.type(" And more.")
    page.locator(".submit-row").last.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_timeout(500)
    assert page.locator(EDITOR).inner_text() == "It stands. Typed offline. And more."
    assert not Revision.objects.exists()
    page.context.set_offline(False)
    wait_for_status(page, "Autosaved at")
    assert latest_content(article)["fields"]["body"] == "<p>It stands. Typed offline. And more.</p>"
    assert copies_in(page) == 0
    press_button(page, "Publish")
    assert "/change/" in page.url
    assert Article.objects.get().body == "<p>It stands. Typed offline. And more.</p>"


def test_answers_that_are_lost_make_neither_a_second_record_nor_a_conflict(sign_in):
    page = sign_in("ada")
    page.goto("/admin/articles/article/add/")
    page.locator(EDITOR).wait_for()
    lost = []

    def lose(route):
        if route.request.method == "POST" and len(lost) < 2:
            lost.append(route.fetch().status)  # it arrives, but its response does not
            route.abort()
        else:
            route.continue_()

    page.route(AUTOSAVE, lose)
    page.locator("#id_title").fill("Once")
    wait_for_status(page, "Not saved: no connection")
    page.locator("#id_title").fill("Only once")
    wait_for_status(page, "Autosaved at")
    assert lost == [200, 200]
    assert [article.title for article in Article.objects.all()] == ["Only once"]
    press_button(page, "Save draft")
    assert Revision.objects.filter(is_aside=True).count() == 0


def test_expired_sign_in_is_said_and_saving_goes_on_after_signing_in_elsewhere(sign_in):
    article = factories.article(title="Old", body="<p>It stands.</p>")
    page = sign_in("ada")
    open_form(page, article)
    Session.objects.all().delete()
    write_at_the_end(page, " Typed signed out.")
    wait_for_status(page, "You are signed out. Sign in again in a new tab; nothing is lost.")
    page.locator(".submit-row").last.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_timeout(500)
    assert "Typed signed out." in page.locator(EDITOR).inner_text()
    assert not Revision.objects.exists()
    with page.context.expect_page() as opened:
        status(page).get_by_role("link").click()
    tab = opened.value
    tab.get_by_label("Username").fill("ada")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url("**/admin/")
    tab.close()
    page.bring_to_front()
    wait_for_status(page, "Autosaved at")
    assert latest_content(article)["fields"]["body"] == "<p>It stands. Typed signed out.</p>"
    press_button(page, "Publish")
    assert Article.objects.get().body == "<p>It stands. Typed signed out.</p>"


def test_nothing_is_saved_in_the_name_of_somebody_else_who_signed_in(sign_in):
    factories.administrator(username="ben", password=PASSWORD)
    article = factories.article(title="Old")
    page = sign_in("ada")
    open_form(page, article)
    page.route(AUTOSAVE, lambda route: route.abort())
    page.locator("#id_title").fill("Ada's")
    wait_for_status(page, "Not saved: no connection")
    tab = page.context.new_page()
    tab.goto("/admin/")
    tab.locator("[popovertarget=account]").click()
    tab.get_by_role("button", name="Log out").click()
    tab.goto("/admin/login/")
    tab.get_by_label("Username").fill("ben")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in").click()
    tab.wait_for_url("**/admin/")
    page.unroute(AUTOSAVE)
    wait_for_status(page, "Another user is now signed in in this browser")
    assert not Revision.objects.exists()
    page.close()
    open_form(tab, article)
    tab.wait_for_timeout(500)
    assert tab.locator(".found-text").count() == 0
    assert tab.locator("#id_title").input_value() == "Old"
    assert copies_in(tab) == 1


def test_text_of_a_closed_tab_is_found_and_laid_beside_what_stands_there(sign_in):
    article = factories.article(title="Old", body="<p>It stands.</p>")
    page = sign_in("ada")
    open_form(page, article)
    page.context.set_offline(True)
    write_at_the_end(page, " Typed before the tab was closed.")
    wait_for_status(page, "Not saved: no connection")
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    open_form(page, article)
    page.get_by_text("its tab was closed before the text was saved").wait_for()
    assert "Typed before" not in page.locator(EDITOR).inner_text()
    page.get_by_role("button", name="Compare with this form").click()
    page.wait_for_url("**/history/compare/**")
    assert "the unsaved text from your closed tab" in page.locator("main").inner_text()
    assert page.locator(".compare__text ins").inner_text().strip() == "Typed before the tab was closed."
    assert latest_content(article)["fields"]["body"] == "<p>It stands.</p>"
    assert copies_in(page) == 0
    page.get_by_role("button", name="Continue with my version").click()
    page.locator(EDITOR).wait_for()
    assert "Typed before the tab was closed." in page.locator(EDITOR).inner_text()


def test_a_refused_field_keeps_its_last_valid_value_and_the_typed_one_is_offered(sign_in):
    hero = {"type": "hero", "title": "We build it", "button_label": "Ask", "button_address": "/contact/"}
    call = {"type": "call", "title": "Write to us", "button_label": "Write", "button_address": "/contact/"}
    page = factories.article(kind=ArticleKind.PAGE, title="Landing", summary="Short.", sections=[hero, call])
    tab = sign_in("ada")

    def opened():
        tab.goto(f"/admin/articles/page/{page.pk}/change/")
        tab.locator("[name$='-title']").first.wait_for(state="attached")
        closed = tab.locator(".sections__head [data-toggle][aria-expanded=false]")
        while closed.count():
            closed.first.click()
        return fields_of_hero()

    def fields_of_hero():
        section = tab.locator("[data-item]:has(> fieldset > [name$='-type'][value='hero'])")
        return {name: section.locator(f"[name$='-{name}']") for name in ("title", "button_address")}

    too_long = "We build it. " * 15
    fields = opened()
    tab.locator("[data-item]:has([value='call']) [data-move='-1']").first.click()
    fields["button_address"].fill("/pricing/")
    wait_for_status(tab, "Autosaved at")
    fields["title"].fill(too_long)
    fields["button_address"].fill("broken address")
    wait_for_status(tab, "Not saved: ")
    first, second = latest_content(page)["fields"]["sections"]
    assert first == call
    assert second == {**hero, "title": too_long.strip(), "button_address": "/pricing/"}
    tab.close()
    tab = tab.context.new_page()
    fields = opened()
    expect(fields["title"]).to_have_value(too_long.strip())
    expect(fields["button_address"]).to_have_value("/pricing/")
    tab.get_by_role("button", name="Compare with this form").click()
    tab.locator(".form-errors").wait_for()
    fields = fields_of_hero()
    expect(fields["button_address"]).to_have_value("broken address")
    expect(tab.locator("[data-item]:has([value='call']) [name$='-button_address']")).to_have_value("/contact/")
    assert copies_in(tab) == 1
    wait_for_status(tab, "Not saved: ")
    number = int(tab.locator("#id_step").input_value())
    fields["title"].fill("We build it")
    wait_for_step(tab, number + 1)
    assert latest_content(page)["fields"]["sections"] == [call, {**hero, "button_address": "/pricing/"}]
    fields["button_address"].fill("/contact/")
    wait_for_step(tab, number + 2)
    assert latest_content(page)["fields"]["sections"] == [call, hero]
    assert copies_in(tab) == 0


def test_a_new_text_of_a_closed_tab_becomes_a_draft(sign_in):
    page = sign_in("ada")
    page.goto("/admin/articles/article/add/")
    page.locator(EDITOR).wait_for()
    page.context.set_offline(True)
    page.locator("#id_title").fill("Nowhere yet")
    wait_for_status(page, "Not saved: no connection")
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto("/admin/articles/article/add/")
    page.get_by_role("button", name="Continue with this text").click()
    page.wait_for_url(re.compile(r"/articles/article/\d+/change/"))
    expect(page.locator("#id_title")).to_have_value("Nowhere yet")
    assert Article.objects.get().title == "Nowhere yet"
    assert copies_in(page) == 0


def test_another_open_tab_is_not_taken_for_a_closed_one_and_is_called_hers(sign_in):
    article = factories.article(title="Old")
    page = sign_in("ada")
    other = page.context.new_page()
    open_form(page, article)
    open_form(other, article)
    page.locator("#id_title").fill("One")
    third = page.context.new_page()
    open_form(third, article)
    third.wait_for_timeout(500)
    assert third.locator(".found-text").count() == 0
    wait_for_status(page, "Autosaved at")
    other.locator("#id_title").fill("Two")
    wait_for_status(other, "You saved this in another window or tab meanwhile.")
    assert title_of(article) == "One"
    status(other).get_by_role("link", name="Compare both").click()
    other.wait_for_url("**/history/compare/**")
    assert other.locator(".compare__text").all_inner_texts() == ["One", "Two"]


def test_two_who_write_at_once_keep_both_texts_while_their_forms_save_themselves(sign_in):
    article = factories.article(title="Costs", body="<p>It costs little.</p>")
    ada, ben = sign_in("ada"), sign_in("ben")
    open_form(ada, article)
    open_form(ben, article)
    write_at_the_end(ada, " Ada knows.")
    wait_for_status(ada, "Autosaved at")
    write_at_the_end(ben, " Ben doubts.")
    wait_for_status(ben, "ada saved this meanwhile. Your version is stored separately")
    ben.keyboard.type(" Much.")
    wait_for_step(ben, 2)
    write_at_the_end(ada, " Well.")
    wait_for_step(ada, 2)
    assert "Autosaved" in status(ada).inner_text()
    press_button(ada, "Publish")
    assert Article.objects.get().body == "<p>It costs little. Ada knows. Well.</p>"
    aside = Revision.objects.get(is_aside=True)
    assert aside.content["fields"]["body"] == "<p>It costs little. Ben doubts. Much.</p>"
    ben.locator(".submit-row").last.get_by_role("button", name="Publish", exact=True).click()
    ben.wait_for_url("**/history/compare/**")
    assert "ada saved the first text" in ben.locator("main").inner_text()
    assert Article.objects.get().body == "<p>It costs little. Ada knows. Well.</p>"


def test_a_button_waits_for_the_save_under_way_and_back_is_no_conflict(sign_in):
    article = factories.article(title="Old")
    page = sign_in("ada")
    open_form(page, article)
    held = []

    def hold_the_first(route):
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(AUTOSAVE, hold_the_first)
    page.locator("#id_title").fill("One")
    page.wait_for_timeout(4500)
    assert len(held) == 1
    page.locator("#id_title").fill("One and two")
    button = page.locator(".submit-row").last.get_by_role("button", name="Save draft", exact=True)
    button.dblclick()
    page.wait_for_timeout(300)
    assert "/change/" in page.url
    assert not Revision.objects.exists()
    held[0].continue_()
    page.locator(".messagelist .success").wait_for()
    assert title_of(article) == "One and two"
    page.wait_for_timeout(1000)
    assert copies_in(page) == 0
    assert Revision.objects.filter(action="save").count() == 1
    page.go_back()
    page.locator(EDITOR).wait_for()
    page.locator("#id_title").fill("After going back")
    wait_for_status(page, "Autosaved at")
    press_button(page, "Save draft")
    assert title_of(article) == "After going back"
    assert Revision.objects.filter(is_aside=True).count() == 0


def test_a_press_that_never_arrived_leaves_its_text_in_the_browser(sign_in):
    article = factories.article(title="Old")
    page = sign_in("ada")
    open_form(page, article)
    page.route("**/change/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("#id_title").fill("Pressed")
    page.locator(".submit-row").last.get_by_role("button", name="Save draft", exact=True).click()
    page.wait_for_timeout(1500)
    page.unroute("**/change/")
    open_form(page, article)
    page.get_by_role("button", name="Compare with this form").click()
    page.wait_for_url("**/history/compare/**")
    assert page.locator(".compare__text").all_inner_texts() == ["Old", "Pressed"]


def test_preview_follows_what_is_typed_and_nothing_is_saved_by_looking(sign_in):
    article = factories.article(title="Old title", body="<p>It stands.</p>")
    page = sign_in("ada")
    page.set_viewport_size({"width": 1280, "height": 800})
    open_form(page, article)
    page.locator("#id_title").focus()
    page.get_by_role("button", name="Preview").click()
    assert page.locator(".form-bar").bounding_box()["height"] < 120
    shown = page.frame_locator(".preview__page:not(.preview__page--coming)")
    shown.get_by_role("heading", level=1, name="Old title").wait_for()
    page.route(AUTOSAVE, lambda route: route.abort())
    page.locator("#id_title").fill("New title")
    shown.get_by_role("heading", level=1, name="New title").wait_for()
    write_at_the_end(page, " It goes on.")
    shown.get_by_text("It stands. It goes on.").wait_for()
    page.locator("#id_canonical_url").evaluate("field => (field.value = 'no address')")
    shown.get_by_text("Original address: Enter a valid URL.").wait_for()
    widths = []
    for name in ("Desktop", "Phone"):
        page.get_by_label(name).check()
        page.wait_for_timeout(300)
        widths.append(page.locator(".preview__page").evaluate("frame => frame.clientWidth"))
    assert widths == [1280, 390]
    assert not Revision.objects.exists()
    assert Article.objects.get().title == "Old title"
    page.reload()
    expect(page.locator(".preview-pane")).to_be_visible()
    page.locator("#id_title").press("Escape")
    expect(page.locator(".preview-pane")).to_be_hidden()
    page.get_by_role("button", name="Preview").click()
    open_form(page, factories.article())
    expect(page.locator(".preview-pane")).to_be_hidden()


def test_on_a_phone_a_button_opens_the_preview_over_the_form(sign_in):
    article = factories.article(title="Small")
    page = sign_in("ada")
    page.set_viewport_size({"width": 375, "height": 700})
    open_form(page, article)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.get_by_role("button", name="Preview").click()
    shown = page.frame_locator(".preview__page:not(.preview__page--coming)")
    shown.get_by_role("heading", level=1, name="Small").wait_for()
    assert page.locator(".preview-pane").evaluate("pane => pane.matches(':modal')")
    page.keyboard.press("Escape")
    assert page.locator(".preview-pane").is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Preview"


def test_share_link_opens_the_draft_and_dies_when_it_is_revoked(sign_in, reader):
    article = factories.article(title="Not yet", state=State.DRAFT)
    page = sign_in("ada")
    open_form(page, article)
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_role("button", name="Create link").click()
    field = page.locator(".share__address input")
    address = field.input_value().partition("/preview/")[2]
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name=re.compile("Copied|Marked")).wait_for()
    assert reader.goto(f"/preview/{address}").status == 200
    assert reader.locator("h1").inner_text() == "Not yet"
    assert "Shared by ada until" in reader.locator(".notice").first.inner_text()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Link revoked").wait_for()
    assert reader.goto(f"/preview/{address}").status == 404
    assert "Not yet" not in reader.content()
