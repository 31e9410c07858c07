"""The permissions of each group in the admin: by the form, by hand-made posts and by actions."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group

from articles.models import Article
from faq.models import Question
from publishing.admin.history import HistoryPanel
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.registry import publishable_model, publishable_models
from publishing.images.models import Image
from publishing.revisions.models import Revision
from tests import factories

pytestmark = pytest.mark.django_db
ARTICLES = "/admin/articles/article/"


def sign_in(client, role):
    person = factories.user(role)
    client.force_login(person)
    return person


def form_of(article=None, **changes):
    """Return the data that a browser sends for an article, with `changes`."""
    values = {
        "title": "A title",
        "summary": "Two sentences.",
        "body": "<p>Words.</p>",
        "kind": "article",
        "slug": "",
        "_continue": "save",
        "facts_checked_on": "",
        "review_by": "",
        "owner": "",
        "meta_title": "",
        "meta_description": "",
        "canonical_url": "",
    }
    if article:
        values |= {name: getattr(article, name) or "" for name in ("title", "summary", "body", "slug")}
        values["owner"] = article.owner_id or ""
    for prefix in ("author_links", "details", "question_links", "read_also_links"):
        values |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return values | changes


def change_url(record):
    return f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/change/"


def run(client, action, *records):
    url = f"/admin/{records[0]._meta.app_label}/{records[0]._meta.model_name}/"
    data = {"action": action, "_selected_action": [record.pk for record in records], "post": "yes"}
    data["agreed"] = len(records)  # the catalogue asks for the number of records first
    return client.post(url, data, follow=True)


def buttons(text: str) -> list[str]:
    """Return the labels of a form's buttons that act on the record, each once."""
    labels = re.findall(r'<button type="submit" name="_continue"[^>]*>([^<]+)<', text)
    return list(dict.fromkeys(label.strip() for label in labels))


def state_of(record):
    return type(record)._base_manager.get(pk=record.pk).state


# Author --------------------------------------------------------------------------------------------


def test_author_writes_a_draft_which_becomes_her_own(client):
    person = sign_in(client, "Author")
    response = client.post(f"{ARTICLES}add/", form_of())
    assert response.status_code == 302, response.context["errors"]
    article = Article.objects.get()
    assert (article.state, article.owner, article.slug) == (State.DRAFT, person, "a-title")


def test_author_submits_for_review_and_goes_on_writing(client):
    person = sign_in(client, "Author")
    article = factories.article(state=State.DRAFT, owner=person)
    for changes in ({"_continue": "submit"}, {"_continue": "save", "title": "Better"}):
        assert client.post(change_url(article), form_of(article, **changes)).status_code == 302
    article.refresh_from_db()
    assert (article.state, article.title) == (State.IN_REVIEW, "Better")


@pytest.mark.parametrize("action", ["publish", "schedule", "unpublish", "archive"])
@pytest.mark.parametrize("button", ["_continue", "_save", "_addanother", "_restore"])
def test_author_cannot_publish_by_a_hand_made_post(client, action, button):
    person = sign_in(client, "Author")
    form = form_of(publish_at_0="2030-01-01", publish_at_1="09:00", go_live_at_0="2030-01-01", go_live_at_1="09:00")
    del form["_continue"]
    assert client.post(f"{ARTICLES}add/", form | {button: action}).status_code == 403
    assert not Article.objects.exists()
    own = factories.article(state=State.DRAFT, owner=person)
    assert client.post(change_url(own), form | {button: action, "title": "Hers"}).status_code == 403
    assert state_of(own) == State.DRAFT
    assert not Revision.objects.exists()


@pytest.mark.parametrize("state", ["published", "archived"])
def test_a_state_that_is_sent_along_is_no_state(client, state):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person)
    client.post(f"{ARTICLES}add/", form_of(state=state))
    client.post(change_url(own), form_of(own, state=state, title="Other"))
    assert [*Article.objects.values_list("state", flat=True)] == [State.DRAFT] * 2


def test_author_is_not_offered_to_publish(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person)
    text = client.get(change_url(own)).content.decode()
    assert buttons(text) == ["Save draft", "Submit for review"]
    listing = client.get(ARTICLES).content.decode()
    assert 'value="publish"' not in listing
    assert 'value="delete_selected"' not in listing


@pytest.mark.parametrize("action", ["publish", "unpublish_selected", "restore", "delete_selected"])
def test_author_cannot_use_actions(client, action):
    person = sign_in(client, "Author")
    own, live = factories.article(state=State.DRAFT, owner=person), factories.article()
    trashed = factories.article(deleted_at="2026-01-01T00:00Z")
    run(client, action, own, live, trashed)
    assert (state_of(own), state_of(live)) == (State.DRAFT, State.PUBLISHED)
    assert set(Article.objects.trashed()) == {trashed}


@pytest.mark.parametrize(
    "kind", ["somebody else's draft", "nobody's draft", "her own live article", "her own, taken back"]
)
def test_author_does_not_change_what_is_not_her_own_draft_nor_read_drafts_of_others(client, kind):
    person = sign_in(client, "Author")
    article = {
        "somebody else's draft": lambda: factories.article(state=State.DRAFT, owner=factories.user("Author")),
        "nobody's draft": lambda: factories.article(state=State.DRAFT),
        "her own live article": lambda: factories.article(owner=person),
        "her own, taken back": lambda: factories.article(owner=person),
    }[kind]()
    if kind == "her own, taken back":
        Article.objects.update(state=State.DRAFT)
        article.refresh_from_db()
    page = client.get(change_url(article))
    assert page.status_code == (403 if kind in {"somebody else's draft", "nobody's draft"} else 200)
    assert 'name="title"' not in page.content.decode()
    assert 'name="author_links-__prefix__' not in page.content.decode()
    assert client.post(change_url(article), form_of(article, title="Hijacked")).status_code == 403
    assert client.post(f"{ARTICLES}{article.pk}/delete/", {"post": "yes"}).status_code == 403
    article.refresh_from_db()
    assert article.title != "Hijacked"


def test_author_cannot_add_rows_to_an_article_of_somebody_else(client):
    sign_in(client, "Author")
    article, author = factories.article(), factories.author()
    rows = {"author_links-TOTAL_FORMS": 1, "author_links-0-author": author.pk, "author_links-0-position": 1}
    assert client.post(change_url(article), form_of(article, **rows)).status_code == 403
    assert not article.author_links.exists()


def test_author_may_upload_pictures_but_not_change_those_of_others(client):
    sign_in(client, "Author")
    upload = {"file": factories.picture_file(), "alt": "A square", "focal_x": 50, "focal_y": 50}
    assert client.post("/admin/publishing/image/add/", upload).status_code == 302
    image = Image.objects.get()
    assert client.post(f"/admin/publishing/image/{image.pk}/change/", {"alt": "Other"}).status_code == 403
    assert client.post(f"/admin/publishing/image/{image.pk}/delete/", {"post": "yes"}).status_code == 403


def test_author_may_not_make_topics_authors_or_redirects(client):
    sign_in(client, "Author")
    for path in (
        "articles/topic",
        "articles/author",
        "faq/questiontopic",
        "publishing/redirect",
        "auth/user",
        "auth/group",
    ):
        assert client.get(f"/admin/{path}/add/").status_code == 403, path


def test_author_writes_questions_but_cannot_publish_them(client):
    sign_in(client, "Author")
    form = {"question": "Why?", "answer": "<p>So.</p>", "_continue": "publish", "position": 0}
    form |= {"other_wordings-TOTAL_FORMS": 0, "other_wordings-INITIAL_FORMS": 0}
    assert client.post("/admin/faq/question/add/", form).status_code == 403
    assert client.post("/admin/faq/question/add/", form | {"_continue": "submit"}).status_code == 302
    assert Question.objects.get().state == State.IN_REVIEW
    live = factories.question()
    assert client.post(change_url(live), form).status_code == 403


# Editor --------------------------------------------------------------------------------------------


def test_editor_publishes_by_the_form_also_without_an_address(client):
    sign_in(client, "Editor")
    response = client.post(f"{ARTICLES}add/", form_of(_continue="publish"))
    assert response.status_code == 302, response.context["errors"]
    assert Article.objects.published().get().slug == "a-title"


def test_editor_publishes_the_draft_of_an_author(client):
    sign_in(client, "Editor")
    article = factories.article(state=State.IN_REVIEW, owner=factories.user("Author"))
    assert client.post(change_url(article), form_of(article, _continue="publish")).status_code == 302
    assert state_of(article) == State.PUBLISHED


def test_form_says_in_words_what_is_missing_before_publication(client):
    sign_in(client, "Editor")
    response = client.post(f"{ARTICLES}add/", form_of(_continue="publish", body="", summary=""))
    errors = response.context["adminform"].form.errors
    assert set(errors) >= {"body", "summary"}
    assert "Constraint" not in str(errors)
    response = client.post(f"{ARTICLES}add/", form_of(title="", summary="", body=""))
    assert response.status_code == 302, "Drafts can be saved unfinished"


def test_action_publishes_what_is_complete_and_says_what_is_missing(client):
    sign_in(client, "Editor")
    complete = factories.article(state=State.DRAFT)
    incomplete = factories.article(state=State.DRAFT, body="", title="Half done")
    text = run(client, "publish", complete, incomplete).content.decode()
    assert state_of(complete) == State.PUBLISHED
    assert state_of(incomplete) == State.DRAFT
    assert "“Half done” was not published. Body: Required for publishing" in text
    assert "Published: 1." in text


def test_action_says_that_a_question_needs_a_topic(client):
    sign_in(client, "Editor")
    question = factories.question(state=State.DRAFT)
    type(question).objects.update(topic=None)
    text = run(client, "publish", question).content.decode()
    assert "A topic is required for publishing" in text
    assert state_of(question) == State.DRAFT


def test_deleting_moves_to_the_trash_and_back(client):
    sign_in(client, "Editor")
    one, two = factories.article(), factories.article()
    client.post(f"{ARTICLES}{one.pk}/delete/", {"post": "yes"})
    run(client, "delete_selected", two)
    assert set(Article.objects.trashed()) == {one, two}
    assert one.title not in client.get(ARTICLES).content.decode()
    assert one.title in client.get(f"{ARTICLES}?trash=yes").content.decode()
    data = {"action": "restore", "_selected_action": [one.pk]}
    client.post(f"{ARTICLES}?trash=yes", data)
    assert set(Article.objects.trashed()) == {two}


def test_question_before_deleting_names_what_uses_the_record(client):
    sign_in(client, "Editor")
    question = factories.question()
    factories.article(title="Leans on it").question_links.create(question=question)
    text = client.get(f"/admin/faq/question/{question.pk}/delete/").content.decode()
    assert "Leans on it" in text


def test_taking_back_hides_from_readers(client):
    sign_in(client, "Editor")
    article = factories.article()
    run(client, "unpublish_selected", article)
    assert state_of(article) == State.DRAFT


def test_editor_looks_after_redirects(client):
    sign_in(client, "Editor")
    form = {"path": "/old/", "new_path": "/faq/"}
    assert client.post("/admin/publishing/redirect/add/", form).status_code == 302
    assert Redirect.objects.get().destination == "/faq/"


def test_editor_gives_an_article_to_somebody_else(client):
    sign_in(client, "Editor")
    colleague = factories.user("Author")
    article = factories.article(state=State.DRAFT)
    text = client.get(change_url(article)).content.decode()
    assert f'<option value="{colleague.pk}">' in text
    assert client.post(change_url(article), form_of(article, owner=colleague.pk)).status_code == 302
    article.refresh_from_db()
    assert article.owner == colleague


def test_nobody_but_administrators_manages_accounts(client):
    for role in ("Author", "Editor", "Catalogue manager"):
        sign_in(client, role)
        for path in ("/admin/auth/user/", "/admin/auth/group/"):
            assert client.get(path).status_code == 403


# Catalogue manager ---------------------------------------------------------------------------------


def test_catalogue_manager_changes_the_catalogue_but_no_text(client):
    sign_in(client, "Catalogue manager")
    assert client.get("/admin/catalog/aimodel/add/").status_code == 200
    assert client.get(change_url(factories.article())).status_code == 200
    article = factories.article(state=State.DRAFT)
    for record in (article, factories.article()):
        assert client.post(change_url(record), form_of(record)).status_code == 403
    run(client, "publish", article)
    assert state_of(article) == State.DRAFT


def test_author_changes_no_model(client):
    record = factories.publishable(publishable_model("catalog.aimodel"), "GPT")
    sign_in(client, "Author")
    assert client.get("/admin/catalog/aimodel/add/").status_code == 403
    assert client.post(change_url(record), {"name": "Other"}).status_code == 403


# All -----------------------------------------------------------------------------------------------


def test_groups_are_made_by_the_migrations():
    assert {"Author", "Editor", "Catalogue manager"} <= set(Group.objects.values_list("name", flat=True))


@pytest.mark.parametrize(
    "role",
    [
        "Author",
        "administrator",
        *(pytest.param(role, marks=pytest.mark.whole) for role in ("Editor", "Catalogue manager")),
    ],
)
def test_every_page_of_the_admin_opens_for_whoever_may_see_it(client, role):
    person = factories.administrator() if role == "administrator" else factories.user(role)
    client.force_login(person)
    for model in publishable_models():
        for variant in factories.variants(model):
            factories.publishable(model, "opens", **variant)
    factories.image()
    for model, model_admin in admin.site._registry.items():
        name = f"{model._meta.app_label}.{{}}_{model._meta.model_name}"
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        expected = 200 if person.has_perm(name.format("view")) else 403
        paths = [base, f"{base}?q=words", f"{base}?trash=yes" if hasattr(model_admin, "restore") else base]
        record = first_of_its_kind(model)
        if record is not None:
            paths.append(f"{base}{record.pk}/change/")
            has_drafts = any(isinstance(panel, HistoryPanel) for panel in model_admin.panels)
            if not has_drafts or model_admin.has_change_permission(request(person), record):
                paths.append(f"{base}{record.pk}/history/")
        for path in paths:
            assert client.get(path, follow=True).status_code == expected, path
        assert client.get(f"{base}add/").status_code == (
            200 if model_admin.has_add_permission(request(person)) else 403
        )
    assert client.get("/admin/").status_code == 200


def first_of_its_kind(model):
    records = model._base_manager.all()
    return records.filter(kind=model.own_kind).first() if hasattr(model, "own_kind") else records.first()


def request(person):
    return type("Request", (), {"user": person})()


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model._meta.label)
def test_every_kind_of_record_can_be_trashed_restored_and_published_in_the_admin(model, admin_page):
    record = factories.publishable(model, "moves")
    run(admin_page, "delete_selected", record)
    assert model.objects.trashed().get(pk=record.pk)
    url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/?trash=yes"
    admin_page.post(url, {"action": "restore", "_selected_action": [record.pk], "agreed": 1})
    run(admin_page, "unpublish_selected", record)
    assert state_of(record) == State.DRAFT
    run(admin_page, "publish", record)
    assert model.objects.published().get(pk=record.pk)
