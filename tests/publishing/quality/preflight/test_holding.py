"""Errors block a publication, by every button and action, unless an editor gives a reason."""

import re

import pytest
from lxml import html as lxml_html

from articles.models import Article
from publishing.content.publishable import State
from publishing.quality.preflight.checking import PublicationBlocked
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, apply_due_updates, create_record, latest_content, perform_action
from tests import factories
from tests.publishing.admin.test_drafts import LATER, post, sent_by_the_form
from tests.publishing.content.test_permissions import ARTICLES, change_url, form_of, run, sign_in
from tests.publishing.quality.preflight.test_checks import retired_model

pytestmark = pytest.mark.django_db
HEADLESS = "<table><caption>C</caption><tbody><tr><td><p>a</p></td></tr></tbody></table>"
WORDS = "This table has no header row or column"


def panel(response) -> str:
    tree = lxml_html.fromstring(response.content.decode())
    return " ".join(tree.get_element_by_id("preflight").text_content().split())


def request(record, action=Action.PUBLISH, **more):
    return ActionRequest(action, latest_content(record), **more)


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.SCHEDULE])
def test_an_action_is_held_back_without_a_trace(action):
    draft = factories.article(state=State.DRAFT, body=HEADLESS)
    with pytest.raises(PublicationBlocked) as held:
        perform_action(draft, request(draft, action))
    assert [finding.rule for finding in held.value.findings] == ["table_headless"]
    assert Article.objects.get().state == State.DRAFT
    assert not Revision.objects.exists()
    with pytest.raises(PublicationBlocked):
        create_record(Article(), ActionRequest(action, {"fields": {"title": "T", "summary": "s", "body": HEADLESS}}))
    assert Article.objects.count() == 1


def test_a_reason_lets_it_go_and_is_kept_only_where_it_was_needed():
    draft = factories.article(state=State.DRAFT, body=HEADLESS)
    revision = perform_action(draft, request(draft, reason=" The law asks for it. ")).revision
    assert (revision.reason, Article.objects.get().state) == ("The law asks for it.", State.PUBLISHED)
    other = factories.article(state=State.DRAFT)
    assert perform_action(other, request(other, reason="No need.")).revision.reason == ""


@pytest.mark.parametrize("action", [Action.SAVE, Action.SUBMIT, Action.UNPUBLISH, Action.ARCHIVE, Action.RESTORE])
def test_other_actions_are_not_held_back(action):
    record = factories.article(body=HEADLESS)
    perform_action(record, request(record, action, reason="x"))
    assert not Revision.objects.exclude(reason="").exists()


def test_an_update_that_was_approved_goes_live_at_its_moment():
    record = factories.article()
    content = latest_content(record)
    with_error = content | {"fields": content["fields"] | {"body": HEADLESS}}
    from_now = record.last_changed_at
    perform_action(record, ActionRequest(Action.SCHEDULE, with_error, reason="So be it.", go_live_at=from_now))
    assert apply_due_updates() == 1
    assert Article.objects.get().body == HEADLESS
    assert Revision.objects.exclude(applied_at=None).latest("pk").reason == "So be it."


def asked(response) -> dict[str, str]:
    """Return the fields of the page that asks before publishing."""
    assert response.status_code == 200
    tree = lxml_html.document_fromstring(response.content.decode())
    form = tree.get_element_by_id("content").forms[0]
    return {name: value for name, value in form.form_values() if name != "_continue"}


def words_of(response) -> str:
    tree = lxml_html.document_fromstring(response.content.decode())
    return " ".join(tree.get_element_by_id("content").text_content().split())


@pytest.mark.parametrize(
    ("action", "more"), [("publish", {}), ("schedule", {"publish_at_0": "2999-01-01", "publish_at_1": "09:00"})]
)
def test_the_form_asks_for_a_reason_and_keeps_what_was_typed(client, action, more):
    sign_in(client, "Editor")
    draft = factories.article(state=State.DRAFT)
    response = post(client, draft, action, title="Typed", body=HEADLESS, **more)
    assert f"1 problem in this text Error {WORDS}" in words_of(response)
    assert f"{action.capitalize()} anyway" in words_of(response)
    assert "Back to the text" in words_of(response)
    draft.refresh_from_db()
    assert (draft.state, draft.title == "Typed") == (State.DRAFT, False)
    assert not Revision.objects.exists()
    sent = asked(response) | {"_continue": action}
    without = client.post(change_url(draft), sent | {"reason": " "})
    assert "Enter a reason, or go back and correct the errors." in words_of(without)
    assert client.post(change_url(draft), sent | {"reason": "Because."}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.title) == (State.PUBLISHED, "Typed")
    history = client.get(f"/admin/articles/article/{draft.pk}/history/").content.decode()
    assert "Published with errors: Because." in history


def test_an_answer_counts_for_the_problems_that_were_shown(client):
    sign_in(client, "Editor")
    draft = factories.article(state=State.DRAFT)
    sent = asked(post(client, draft, "publish", body=HEADLESS)) | {"_continue": "publish", "reason": "So be it."}
    other = client.post(change_url(draft), sent | {"body": f"{HEADLESS}<p>To be completed: all.</p>"})
    assert "2 problems in this text" in words_of(other)
    assert Article.objects.get().state == State.DRAFT


def test_a_warning_that_readers_see_is_asked_about_without_a_reason(client):
    sign_in(client, "Editor")
    model = retired_model(name="Old")
    draft = factories.article(state=State.DRAFT)
    response = post(client, draft, "publish", body=f'<p><a href="fact:catalog.aimodel/{model.pk}/name">Old</a></p>')
    assert "1 problem in this text Reader warning “Old”, whose facts are used here, is retired" in words_of(response)
    sent = asked(response)
    assert "reason" not in sent or not sent["reason"]
    assert client.post(change_url(draft), sent | {"_continue": "publish"}).status_code == 302
    assert Article.objects.get().state == State.PUBLISHED


def test_other_warnings_and_other_buttons_ask_nothing(client):
    sign_in(client, "Editor")
    model = retired_model(name="Old")
    draft = factories.article(state=State.DRAFT)
    link = f'<p><a href="ref:catalog.aimodel/{model.pk}">Old</a></p>'
    assert post(client, draft, "save", body=HEADLESS).status_code == 302
    assert post(client, draft, "publish", body=link).status_code == 302


def test_a_new_text_and_an_update_are_asked_about_too(client):
    sign_in(client, "Editor")
    response = client.post(f"{ARTICLES}add/", form_of(_continue="publish", body=HEADLESS))
    assert WORDS in words_of(response)
    assert not Article.objects.exists()
    live = factories.article()
    assert WORDS in words_of(post(client, live, "publish", body=HEADLESS))
    assert WORDS in words_of(post(client, live, "schedule", body=HEADLESS, **LATER))
    live.refresh_from_db()
    assert live.body == "<p>Words.</p>"
    assert not Revision.objects.exists()
    assert post(client, live, "save", body=HEADLESS).status_code == 302


def test_bulk_actions_are_held_back(client):
    sign_in(client, "Editor")
    good, bad = factories.article(state=State.DRAFT), factories.article(state=State.DRAFT, title="Bad", body=HEADLESS)
    response = run(client, "publish", good, bad)
    said = response.content.decode()
    assert f"“Bad” was not published. {WORDS}" in said
    assert "Published: 1." in said
    assert [*Article.objects.order_by("pk").values_list("state", flat=True)] == [State.PUBLISHED, State.DRAFT]


def test_an_answer_publishes_nothing_over_a_newer_version(client):
    sign_in(client, "Editor")
    live = factories.article()
    sent = sent_by_the_form(client, live)
    perform_action(
        live,
        ActionRequest(
            Action.SAVE, latest_content(live) | {"fields": {**latest_content(live)["fields"], "title": "Hers"}}
        ),
    )
    response = client.post(change_url(live), sent | {"_continue": "publish", "title": "Mine", "body": HEADLESS})
    answer = asked(response) | {"_continue": "publish", "reason": "So be it."}
    assert client.post(change_url(live), answer).status_code == 302
    assert Revision.objects.latest("pk").is_aside


# The panel ------------------------------------------------------------------------------------------


def test_the_panel_says_what_is_missing_and_how_it_will_look(client):
    sign_in(client, "Editor")
    draft = factories.article(state=State.DRAFT, title="What a token costs", body=HEADLESS, summary="")
    response = client.get(change_url(draft))
    text = panel(response)
    assert WORDS in text
    assert "The description is missing" in text
    text = " ".join(lxml_html.fromstring(response.content.decode()).get_element_by_id("search").text_content().split())
    assert "testserver" in text or "127.0.0.1" in text or "localhost" in text
    assert "› articles › what-a-token-costs" in text
    assert "What a token costs · Vitrine" in text
    page = response.content.decode()
    assert re.search(r'href="#id_body" data-preflight-tags="table" data-preflight-index="0"', page)
    assert draft.drawing.shared("Vitrine").url in page
    draft.share_image = factories.image()
    draft.save()
    assert draft.share_image.file.url in client.get(change_url(draft)).content.decode()


def test_the_panel_can_be_asked_about_what_is_typed(client):
    sign_in(client, "Editor")
    draft = factories.article(state=State.DRAFT)
    sent = sent_by_the_form(client, draft)
    url = f"/admin/articles/article/{draft.pk}/preflight/"
    answer = client.post(url, sent | {"title": "Typed <b>", "body": HEADLESS})
    text = answer.content.decode()
    assert WORDS in text
    assert "Typed &lt;b&gt; · Vitrine" in text
    assert not Revision.objects.exists()
    assert Article.objects.get().title == draft.title
    assert "The form has errors" in client.post(url, sent | {"publish_at_0": "nonsense"}).content.decode()
    assert client.get(url).status_code == 405


def test_each_kind_of_record_with_drafts_has_the_panel(client):
    sign_in(client, "Editor")
    for record in (factories.question(), factories.author(), factories.topic(), factories.question_topic()):
        assert "Before you publish" in panel(client.get(change_url(record)))
    assert "Save a draft first." in panel(client.get(f"{ARTICLES}add/"))


def test_an_author_sees_the_panel_of_her_own_draft_without_the_reason(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person, body=HEADLESS)
    response = client.get(change_url(own))
    assert WORDS in panel(response)
    assert 'name="reason"' not in response.content.decode()
    others = factories.article(state=State.DRAFT, owner=factories.user("Author"))
    answer = client.post(f"/admin/articles/article/{others.pk}/preflight/", form_of(others))
    assert answer.status_code in {403, 404}
    sent = sent_by_the_form(client, own)
    assert client.post(change_url(own), sent | {"_continue": "publish", "reason": "x"}).status_code == 403
