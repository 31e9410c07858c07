"""The admin for editors, apart from permissions: the start page, messages after saving, the trash."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article
from faq.models import Question
from publishing.content.publishable import State
from tests import factories
from tests.publishing.content.test_permissions import ARTICLES, change_url, form_of, run, sign_in

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def editor(client):
    sign_in(client, "Editor")
    return client


def text_of(response) -> str:
    """Return the text of a page, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def said(response) -> list[str]:
    """Return the messages on a page, one line each."""
    found = re.findall(r'<li class="(?:success|info|warning|error)">(.*?)</li>', response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", message).split()) for message in found]


def without_button(article):
    form = form_of(article)
    del form["_continue"]
    return form


def moment(name):
    return {f"{name}_0": "2026-12-03", f"{name}_1": "09:00"}


def save(client, article, **changes):
    response = client.post(change_url(article), form_of(article, **changes), follow=True)
    assert response.redirect_chain, response.context["errors"]
    return said(response)


# Start page ----------------------------------------------------------------------------------------


def test_menu_has_at_most_twelve_entries_and_every_list_as_a_tab(admin_page):
    page = admin_page.get("/admin/articles/service/")
    entries = [entry for group in page.context["available_apps"] for entry in group["entries"]]
    assert 8 < len(entries) <= 12
    assert [entry["name"] for entry in entries if entry["is_current"]] == ["Articles & pages"]
    tabs = [tab["name"] for tab in page.context["tabs"]]
    assert tabs == ["Articles", "Services", "Case studies", "Pages"]
    urls = {tab["url"] for entry in entries for tab in entry["tabs"]}
    for model in admin.site._registry:
        assert reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") in urls


def test_menu_offers_what_one_may_view(client):
    client.force_login(factories.user("Author"))
    menu = [entry["name"] for group in client.get("/admin/").context["available_apps"] for entry in group["entries"]]
    assert "Articles & pages" in menu
    assert not {"Enquiries", "Site & people"} & {*menu}


@pytest.mark.parametrize("query", ["slug__regex=(", "name__range=1", "last_changed_at__year=-1", "name__no=1"])
def test_lookup_that_fails_only_in_the_query_is_a_wrong_one(query, editor):
    factories.author()
    response = editor.get(f"/admin/articles/author/?{query}")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/articles/author/?e=1")


def test_tags_of_the_library_are_not_offered(admin_page):
    assert "/admin/taggit/" not in admin_page.get("/admin/").content.decode()
    assert not any(model._meta.app_label == "taggit" for model in admin.site._registry)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("Author", ["article", "question"]),
        ("Editor", ["article", "question", "model"]),
        ("Catalogue manager", ["model"]),
        ("", []),
    ],
)
def test_buttons_begin_what_one_may_write(client, role, names):
    sign_in(client, role) if role else client.force_login(factories.user())
    text = client.get("/admin/").content.decode()
    assert re.findall(r'<a href="[^"]+/add/">New (\w+)</a>', text) == names


def test_desk_leads_to_each_drafts_form_and_to_its_page(editor):
    draft = factories.article(state=State.DRAFT)
    text = editor.get("/admin/").content.decode()
    assert f'href="{change_url(draft)}"' in text
    assert f'href="{draft.get_absolute_url()}"' in text
    assert draft.title in editor.get(draft.get_absolute_url()).content.decode()


def test_pages_of_the_admin_have_an_icon_so_that_no_browser_asks_for_one_in_vain(client, admin_page):
    for path in ("/admin/", f"{ARTICLES}add/", f"{ARTICLES}add/?_popup=1", "/admin/password_change/"):
        assert 'rel="icon"' in admin_page.get(path).content.decode(), path
    client.logout()
    assert 'rel="icon"' in client.get("/admin/login/").content.decode()


# Saving --------------------------------------------------------------------------------------------


def test_after_saving_the_editor_reads_what_readers_see_now(editor):
    with time_machine.travel(NOON, tick=False):
        article = factories.article(title="Costs", state=State.DRAFT)
        draft = save(editor, article)
        review = save(editor, article, _continue="submit")
        scheduled = save(editor, article, _continue="schedule", publish_at_0="2026-12-03", publish_at_1="09:00")
        published = save(editor, article, _continue="publish")
        changed = save(editor, article, title="Prices")
        in_review = save(editor, article, _continue="submit", title="Prices")
        later = save(editor, article, _continue="schedule", title="Prices", **moment("go_live_at"))
        archived = save(editor, article, _continue="archive")
        article.refresh_from_db()
    assert draft == ["“Costs” is saved. It is a draft, so readers do not see it. View draft “Costs” (in a new tab)"]
    assert review[0].startswith("“Costs” is saved. It is in review, so readers do not see it.")
    assert scheduled[0].startswith("“Costs” is saved. It goes live on 3 Dec 2026, 09:00 UTC at /articles/costs/.")
    assert published == ["“Costs” is saved. Readers can see it now at /articles/costs/ ."]
    live = "readers still see the published version at /articles/costs/ ."
    assert changed == [f"“Prices” is saved. The changes are a draft: {live}"]
    assert in_review == [f"“Prices” is saved. The changes are in review: {live}"]
    assert later == [
        "“Prices” is saved. The changes go live on 3 Dec 2026, 09:00 UTC. "
        "Until then readers see the current page at /articles/costs/."
    ]
    assert archived == ["“Costs” is saved. Readers do not see it; its address says that the page was removed."]
    assert editor.get(article.get_absolute_url()).status_code == 200


def test_a_draft_with_a_date_is_told_that_the_date_alone_does_nothing(editor):
    article = factories.article(state=State.DRAFT)
    words = save(editor, article, publish_at_0="2030-01-01", publish_at_1="09:00")
    assert "Press Schedule to publish it on its date." in words[0]


def test_a_taken_down_text_is_said_to_be_gone(editor):
    article = factories.article()
    words = save(editor, article, _continue="publish", expire_at_0="2020-01-01", expire_at_1="09:00")
    assert "It expired on 1 Jan 2020, 09:00 UTC, so readers no longer see it." in words[0]


def test_markup_in_a_title_is_words_in_the_messages(editor):
    article = factories.article(title="<b>Bold</b>", state=State.DRAFT)
    response = editor.post(change_url(article), form_of(article), follow=True)
    assert "&lt;b&gt;Bold&lt;/b&gt;”</a> is saved" in response.content.decode()
    response = editor.post(f"{ARTICLES}{article.pk}/delete/", {"post": "yes"}, follow=True)
    assert "“&lt;b&gt;Bold&lt;/b&gt;” was moved to trash" in response.content.decode()


def test_each_button_leads_where_it_says(editor):
    form = form_of()
    del form["_continue"]
    for button, end in (("_save", ARTICLES), ("_addanother", f"{ARTICLES}add/"), ("_continue", "/change/")):
        for action in ("1", "save", "publish"):
            response = editor.post(f"{ARTICLES}add/", form | {button: action})
            assert response["Location"].endswith(end)


def test_publishing_by_action_tells_scheduled_from_published(editor):
    now = factories.article(state=State.DRAFT)
    later = factories.article(state=State.DRAFT, publish_at=datetime.now(UTC) + timedelta(days=1))
    words = said(run(editor, "publish", now, later))
    assert words == ["Published: 1.", "Published from their date on: 1."]


# Forms and lists -----------------------------------------------------------------------------------


def test_form_says_states_in_plain_words_times_with_zone_and_what_an_address_is(editor):
    article = factories.article(title="Costs", state=State.DRAFT)
    text = text_of(editor.get(change_url(article)))
    assert "○" not in text
    assert 'state--draft">Draft<' in editor.get(change_url(article)).content.decode()
    assert "Readers see it from this date. Leave empty to publish at once. Time zone: UTC." in text
    assert "If empty, it is made from the title." in text
    run(editor, "publish", article)
    assert "Readers and search engines know /articles/costs/. Change it only for a good reason;" in text_of(
        editor.get(change_url(article))
    )


def test_way_to_the_page_is_named_after_what_is_there(editor):
    draft, live = factories.article(state=State.DRAFT), factories.article()
    assert f"View draft “{draft.title}”" in text_of(editor.get(change_url(draft)))
    assert f"View page “{live.title}”" in text_of(editor.get(change_url(live)))
    listing = text_of(editor.get(ARTICLES))
    assert f"View draft “{draft.title}”" in listing
    assert f"View page “{live.title}”" in listing


def test_lists_cost_no_query_more_for_a_longer_list(editor):
    question, topic = factories.question(), factories.topic()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(ARTICLES).status_code == 200
            assert editor.get("/admin/faq/question/").status_code == 200
        return len(captured)

    factories.article(topics=[topic])
    few = queries()
    for _ in range(10):
        factories.article(topics=[topic])
        factories.question(topic=question.topic)
    assert queries() == few


def test_fields_with_search_do_not_offer_what_lies_in_the_trash(editor):
    factories.author(name="Desk kept")
    factories.author(name="Desk thrown", deleted_at=NOON)
    query = {"app_label": "articles", "model_name": "articleauthor", "field_name": "author", "term": "Desk"}
    found = editor.get("/admin/autocomplete/", query).json()["results"]
    assert [result["text"] for result in found] == ["Desk kept"]


def test_no_record_is_deleted_by_an_icon_beside_a_field(admin_page):
    article = factories.article(authors=[factories.author()], cover=factories.image())
    question = factories.question()
    for record in (article, question):
        assert "delete-related" not in admin_page.get(change_url(record)).content.decode()


def test_whoever_may_only_read_reads_the_text_and_not_its_markup(client):
    sign_in(client, "Author")
    response = client.get(change_url(factories.article(body="<h2>Part</h2><p>Words to <em>read</em>.</p>")))
    assert "Words to <em>read</em>." in response.content.decode()
    assert "&lt;p&gt;" not in response.content.decode()
    question = factories.question(answer="<p>An <em>answer</em>.</p>")
    assert "An <em>answer</em>." in client.get(change_url(question)).content.decode()


def test_adding_shows_no_empty_facts_and_the_picture_form_begins_with_the_file(admin_page):
    assert "About this record" not in text_of(admin_page.get(f"{ARTICLES}add/"))
    response = admin_page.get("/admin/publishing/image/add/")
    assert next(iter(response.context["adminform"].form.fields)) == "file"
    assert "About this image" not in text_of(response)
    image = factories.image()
    assert "About this image" in text_of(admin_page.get(change_url(image)))


# Trash ---------------------------------------------------------------------------------------------


def test_moving_to_the_trash_is_asked_in_its_own_words(editor):
    question = factories.question(question="How much?")
    factories.article(title="Leans on it").question_links.create(question=question)
    text = text_of(editor.get(f"/admin/faq/question/{question.pk}/delete/"))
    for words in (
        "Move to trash?",
        f"It is published at {question.get_absolute_url()}. That address will show “not found” at once.",
        "Leans on it",
        "You can restore it",
    ):
        assert words in text
    assert "Delete" not in text
    draft = factories.article(state=State.DRAFT)
    assert "nothing changes for readers" in text_of(editor.get(f"{ARTICLES}{draft.pk}/delete/"))


def test_form_offers_the_trash_and_not_deletion(editor):
    article = factories.article()
    response = editor.get(change_url(article))
    assert "Move to trash" in text_of(response)
    assert 'class="deletelink"' not in response.content.decode()
    assert 'class="deletelink"' in editor.get(change_url(factories.image())).content.decode()


def test_moving_to_the_trash_is_said_once_and_leads_there(editor):
    one, two, three = (factories.article(title=title) for title in ("One", "Two", "Three"))
    response = editor.post(f"{ARTICLES}{one.pk}/delete/", {"post": "yes"}, follow=True)
    assert said(response) == ["“One” was moved to trash. You can restore it from the trash for 30 days."]
    assert f'href="{ARTICLES}?trash=yes"' in response.content.decode()
    response = run(editor, "delete_selected", two, three)
    assert said(response) == ["2 records were moved to trash. You can restore them from the trash for 30 days."]


def test_several_are_asked_about_before_they_are_moved(editor):
    one, two = factories.article(title="One"), factories.article(title="Two")
    data = {"action": "delete_selected", "_selected_action": [one.pk, two.pk], "index": "0"}
    text = text_of(editor.post(ARTICLES, data))
    assert "“ One ”" in text
    assert "“ Two ”" in text
    assert "You can restore them" in text
    assert Article.objects.trashed().count() == 0


def test_lists_offer_what_can_be_done_there(editor):
    factories.article()
    factories.article(deleted_at=NOON)

    def actions(path):
        return re.findall(r'<option value="(\w+)"', editor.get(path).content.decode())

    assert actions(ARTICLES) == ["publish", "unpublish_selected", "delete_selected", "tag"]
    assert actions(f"{ARTICLES}?trash=yes") == ["restore"]


def test_what_lies_in_the_trash_says_so_and_is_brought_back_by_its_form(editor):
    article = factories.article(deleted_at=NOON)
    text = text_of(editor.get(change_url(article)))
    assert "In the trash since 24 Nov 2026, 12:00 UTC" in text
    assert "Move to trash" not in text
    response = editor.post(change_url(article), without_button(article) | {"_restore": "1"}, follow=True)
    assert "Readers can see it now" in said(response)[0]
    assert Article.objects.published().get() == article
    assert LogEntry.objects.first().get_change_message() == "Restored from the trash."


def test_saving_in_the_trash_leaves_it_there(editor):
    article = factories.article(deleted_at=NOON)
    assert "It is in the trash, so readers do not see it." in save(editor, article)[0]
    assert Article.objects.trashed().get() == article


def test_author_brings_nothing_back_by_a_hand_made_post(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person, deleted_at=NOON)
    client.post(change_url(own), without_button(own) | {"_restore": "1"})
    assert Article.objects.trashed().get() == own


def test_history_says_that_a_record_was_moved_and_brought_back(editor):
    question = factories.question()
    editor.post(f"/admin/faq/question/{question.pk}/delete/", {"post": "yes"})
    editor.post("/admin/faq/question/?trash=yes", {"action": "restore", "_selected_action": [question.pk]})
    text = text_of(editor.get(f"/admin/faq/question/{question.pk}/history/"))
    assert "Moved to the trash." in text
    assert "Restored from trash." in text
    assert Question.objects.published().get() == question


@pytest.mark.parametrize(
    "path", ["catalog/aimodel", "catalog/vendor", "articles/topic", "articles/author", "faq/questiontopic"]
)
def test_a_missing_name_is_one_error(path, admin_client):
    response = admin_client.post(f"/admin/{path}/add/", {"name": "", "state": State.PUBLISHED})
    assert response.context["adminform"].form.errors["name"] == ["This field is required."]
