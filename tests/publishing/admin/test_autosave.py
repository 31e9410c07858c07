"""Autosave of forms: never visible to readers, never stored twice, never over another editor's version."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from articles.models import Article, Author
from faq.models import Question
from ops.limits import turns
from publishing.content.publishable import State
from publishing.content.registry import publishable_models
from publishing.revisions.models import Action, Revision
from publishing.workflow import actions
from publishing.workflow.actions import latest_content
from tests import factories
from tests.publishing.admin.test_admin import editor, said, text_of
from tests.publishing.admin.test_drafts import full_article, sent_by_the_form
from tests.publishing.content.test_permissions import ARTICLES, change_url, form_of, sign_in

__all__ = ["editor"]

pytestmark = pytest.mark.django_db


class Form:
    """An open form, as its script uses it: it counts its steps and takes the token from each response."""

    def __init__(self, client, record=None, **fields):
        self.client, self.record, self.step = client, record, 0
        if record:
            self.sent = sent_by_the_form(client, record)
            self.url = change_url(record).replace("/change/", "/autosave/")
        else:
            owner = client.get(f"{ARTICLES}add/").context["adminform"].form["owner"].value()
            self.sent, self.url = form_of(form_session=uuid.uuid4().hex, owner=owner), f"{ARTICLES}add/autosave/"
        self.sent.pop("_continue", None)
        self.sent |= {"writer": client.session["_auth_user_id"]} | fields

    def save(self, *, is_lost=False, step=None, **fields):
        """Autosave the form; if `is_lost`, the form does not receive the response."""
        self.step += 1
        self.sent |= fields
        response = self.client.post(self.url, self.sent | {"step": step or self.step})
        answer = response.json()
        if not is_lost and "token" in answer:
            self.sent["token"] = answer["token"]
            self.url = answer["autosave_url"]
        return answer

    def press(self, action="save", **fields):
        self.sent |= fields
        url = self.url.replace("add/autosave/", "add/").replace("/autosave/", "/change/")
        return self.client.post(url, self.sent | {"_continue": action, "step": self.step + 1}, follow=True)


# Where it goes -------------------------------------------------------------------------------------


def test_over_a_live_page_it_is_a_draft_and_readers_see_the_old_text(editor, client):
    article = full_article()
    old = article.title
    answer = Form(editor, article).save(title="Half a ti", summary="")
    assert (answer["is_saved"], answer["is_live"], answer["is_draft"], answer["problems"]) == (True, True, True, [])
    article.refresh_from_db()
    assert article.title == old
    html = editor.get(change_url(article)).content.decode()
    assert ">\nHalf a ti</textarea>" in html
    assert "autosaved on" in html
    editor.logout()
    assert "Half a ti" not in client.get(article.get_absolute_url()).content.decode()


def test_a_draft_of_its_own_says_it_at_once(editor):
    article = factories.article(state=State.DRAFT)
    Form(editor, article).save(title="Better")
    article.refresh_from_db()
    assert (article.title, article.state) == ("Better", State.DRAFT)
    assert Revision.objects.head(article).applied_at is not None


def test_what_the_row_cannot_say_is_kept_over_it_until_it_can(editor):
    article = factories.article(state=State.DRAFT, title="Old", canonical_url="https://example.com/old")
    form = Form(editor, article)
    form.save(title="First")
    answer = form.save(
        title="New", publish_at_0="2030-01-02", publish_at_1="00:00", expire_at_0="2030-01-01", expire_at_1="00:00"
    )
    assert answer["is_saved"]
    article.refresh_from_db()
    assert (article.expire_at, article.title) == (None, "First")
    html = editor.get(change_url(article)).content.decode()
    assert 'value="2030-01-01"' in html
    assert "Draft, with autosaved changes" in html
    assert [str(draft) for draft in editor.get("/admin/").context["dashboard"].drafts] == ["First"]
    form.save(expire_at_0="2030-01-03")
    article.refresh_from_db()
    assert (article.expire_at.day, article.title) == (3, "New")
    assert not Revision.objects.filter(
        action=Action.FOUND, made_at__gt=Revision.objects.earliest("pk").made_at
    ).exists()


def test_what_is_no_value_is_left_out_and_said(editor):
    article = full_article()
    first, second = article.authors.all()
    answer = Form(editor, article).save(
        title="New",
        canonical_url="no address",
        **{"author_links-0-author": "", "author_links-1-position": 7, "question_links-0-DELETE": "on"},
    )
    content = latest_content(article)
    assert answer["problems"] == [
        "Original address: Enter a valid URL.",
        "Author of the article: Author: This field is required.",
    ]
    assert (content["fields"]["title"], content["fields"]["canonical_url"]) == ("New", "")
    assert [(row["author"], row["position"]) for row in content["rows"]["author_links"]] == [
        (first.pk, 1),
        (second.pk, 7),
    ]
    assert content["rows"]["question_links"] == []


def test_a_refused_field_of_a_new_row_keeps_its_last_valid_value_and_a_deleted_row_stays_deleted(editor):
    article = factories.article(state=State.DRAFT)
    first, second = factories.author(), factories.author()
    form = Form(editor, article)
    row = {"author_links-0-author": first.pk, "author_links-0-position": 3, "author_links-0-id": ""}
    form.save(**{"author_links-TOTAL_FORMS": 1}, **row)
    assert form.save(**{"author_links-0-position": "third"})["problems"]
    assert [(link.author, link.position) for link in article.author_links.all()] == [(first, 3)]
    form.save(**{"author_links-0-author": second.pk})
    assert [(link.author, link.position) for link in article.author_links.all()] == [(second, 3)]
    new = {"author_links-1-author": "", "author_links-1-position": 3, "author_links-1-id": ""}
    form.save(**{"author_links-TOTAL_FORMS": 2, "author_links-0-DELETE": "on"}, **new)
    assert not article.author_links.exists()


def test_a_row_that_stands_there_twice_is_kept_over_a_draft_until_it_does_not(editor):
    article = full_article()
    Article.objects.filter(pk=article.pk).update(state=State.DRAFT)
    first, second = article.authors.all()
    form = Form(editor, article)
    answer = form.save(**{"author_links-1-author": first.pk})
    assert answer["is_saved"]
    assert "duplicate" in answer["problems"][0]
    assert [*article.authors.all()] == [first, second]
    assert form.save(**{"author_links-1-author": second.pk, "title": "New"})["problems"] == []
    assert Article.objects.get(pk=article.pk).title == "New"


def test_a_form_without_its_rows_empties_none(editor):
    article = full_article()
    form = Form(editor, article)
    form.sent = {name: value for name, value in form.sent.items() if not name.startswith("author_links")}
    form.save(title="New")
    assert len(latest_content(article)["rows"]["author_links"]) == 2


def test_every_kind_of_record_saves_by_itself(editor):
    kinds = [model for model in publishable_models() if hasattr(model, "revisions")]
    assert {Article, Author, Question} < set(kinds)
    for model in kinds:
        for variant in factories.variants(model):
            record = factories.publishable(model, "kind", **variant)
            kind = record.search_kind()
            base = f"/admin/{kind._meta.app_label}/{kind._meta.model_name}/{record.pk}"
            record.__class__ = kind
            form = Form(editor, record)
            assert form.url == f"{base}/autosave/"
            assert form.save(**{model.title_field: "Other"})["is_draft"]
            assert latest_content(record)["fields"][model.title_field] == "Other"


# Once ----------------------------------------------------------------------------------------------


def test_autosaves_of_a_sitting_are_one_version_and_pressing_save_makes_it_one(editor):
    article = factories.article(title="Old")
    form = Form(editor, article)
    for title in ("A", "Ab", "Abc"):
        form.save(title=title)
    assert [kept.content["fields"]["title"] for kept in Revision.objects.order_by("pk")] == ["Old", "Abc"]
    assert Revision.objects.latest("pk").is_autosave
    form.press()
    kept = Revision.objects.latest("pk")
    assert (Revision.objects.count(), kept.is_autosave, kept.content["fields"]["title"]) == (2, False, "Abc")
    Form(editor, article).save(title="Abcd")
    assert [kept.is_autosave for kept in Revision.objects.order_by("pk")] == [False, False, True]


def test_nothing_new_is_not_saved(editor):
    article = full_article()
    form = Form(editor, article)
    assert form.save()["is_saved"]
    assert not Revision.objects.exclude(action=Action.FOUND).exists()


def test_a_new_record_is_stored_once_also_when_answers_are_lost(editor):
    form = Form(editor)
    form.save(title="New te", is_lost=True)
    form.save(title="New text", is_lost=True)
    answer = form.save(title="New text here")
    article = Article.objects.get()
    assert (article.title, article.state, str(article.owner_id)) == ("New text here", State.DRAFT, form.sent["writer"])
    assert answer["change_url"] == change_url(article)
    assert answer["record"] == f"articles.article/{article.pk}"
    assert form.save(title="More")["token"]
    assert Article.objects.get().title == "More"


def test_the_button_of_a_form_that_adds_finds_what_that_form_stored(editor):
    form = Form(editor)
    form.save(title="New", is_lost=True)
    response = form.press("publish", title="Whole")
    assert response.redirect_chain[-1][0] == change_url(Article.objects.get())
    assert (Article.objects.get().title, Article.objects.get().state) == ("Whole", State.PUBLISHED)


def test_a_new_record_that_cannot_be_stored_says_why(editor):
    form = Form(editor)
    form.url = "/admin/articles/author/add/autosave/"
    answer = form.save(name="", kind="person")
    assert answer == {"is_saved": False, "problems": ["Name: This field is required."]}
    assert not Author.objects.exists()


def test_what_comes_late_or_twice_changes_nothing(editor):
    article = factories.article(title="Old")
    form = Form(editor, article)
    form.save(title="One", is_lost=True)
    form.save(title="One and two")
    assert form.save(title="One", step=1)["is_saved"]
    assert latest_content(article)["fields"]["title"] == "One and two"
    form.press(title="Three")
    answer = form.save(title="One and two", step=2)
    assert "conflict" not in answer
    assert latest_content(article)["fields"]["title"] == "Three"
    assert Revision.objects.filter(is_aside=True).count() == 0


# Other editors' versions --------------------------------------------------------------------------


def test_she_is_never_told_that_she_herself_is_somebody_else(editor):
    article = factories.article(title="Old")
    form = Form(editor, article)
    form.save(title="One", is_lost=True)
    assert "conflict" not in form.save(title="Two", is_lost=True)
    assert "/compare/" not in str(form.press(title="Three").redirect_chain)
    # As after the browser's Back: the same form is sent once more.
    assert "/compare/" not in str(form.press(title="Four").redirect_chain)
    assert "conflict" not in form.save(title="Five", step=9)
    assert latest_content(article)["fields"]["title"] == "Five"


def test_another_tab_of_hers_is_called_that(editor):
    article = factories.article(title="Old")
    one, two = Form(editor, article), Form(editor, article)
    one.save(title="One")
    answer = two.save(title="Two")
    assert (answer["conflict"]["is_own"], answer["conflict"]["by"]) == (True, "")
    assert latest_content(article)["fields"]["title"] == "One"
    assert "You saved the first text in another window" in text_of(editor.get(answer["conflict"]["url"]))


def test_a_stale_form_keeps_its_text_aside_once(client):
    article = factories.article(title="Old")
    ada = sign_in(client, "Editor")
    hers = Form(client, article)
    sign_in(client, "Editor")
    his = Form(client, article)
    his.save(title="His")
    client.force_login(ada)
    for words in ("H", "He", "Her"):
        answer = hers.save(title=words)
    assert answer["conflict"]["by"] == Revision.objects.get(is_aside=False, action=Action.SAVE).author.username
    aside = Revision.objects.get(is_aside=True)
    assert (aside.content["fields"]["title"], latest_content(article)["fields"]["title"]) == ("Her", "His")
    assert "His" in text_of(client.get(answer["conflict"]["url"]))
    response = hers.press(title="Hers")
    assert "/compare/" in response.redirect_chain[-1][0]
    aside = Revision.objects.get(is_aside=True)
    assert (aside.content["fields"]["title"], aside.is_autosave) == ("Hers", False)


def test_a_conflict_can_be_compared_after_more_autosaves_and_is_announced_until_it_is_settled(client):
    article = factories.article(title="Old")
    ada, ben = sign_in(client, "Editor"), factories.user("Editor")
    hers = Form(client, article)
    client.force_login(ben)
    his = Form(client, article)
    his.save(title="His")
    client.force_login(ada)
    url = hers.save(title="Hers")["conflict"]["url"]
    client.force_login(ben)
    his.save(title="His, longer")
    assert "another version of this text" not in text_of(client.get(change_url(article)))
    client.force_login(ada)
    hers.save(title="Hers, longer")
    page = client.get(url)
    assert page.status_code == 200
    assert {"His, longer", "Hers, longer"} == {
        version["revision"].content["fields"]["title"] for version in page.context["versions"]
    }
    assert "another version of this text" in text_of(client.get(change_url(article)))
    client.post(page.context["versions"][1]["restore_url"])
    assert latest_content(article)["fields"]["title"] == "Hers, longer"
    assert "another version of this text" not in text_of(client.get(change_url(article)))


def test_an_autosave_makes_the_forms_of_others_stale_each_time(client):
    article = factories.article(title="Old")
    ada, ben = sign_in(client, "Editor"), factories.user("Editor")
    hers = Form(client, article)
    hers.save(title="One")
    client.force_login(ben)
    his = Form(client, article)
    client.force_login(ada)
    hers.save(title="Two")
    client.force_login(ben)
    assert "/compare/" in str(his.press(title="His").redirect_chain)
    assert latest_content(article)["fields"]["title"] == "Two"


def test_text_of_a_closed_tab_is_laid_beside_whatever_stands_there(editor):
    article = factories.article(title="Old")
    form = Form(editor, article)
    form.save(title="Saved")
    answer = form.save(title="Saved and typed", is_found="1")
    assert latest_content(article)["fields"]["title"] == "Saved"
    text = text_of(editor.get(f"{answer['conflict']['url']}&found=1"))
    assert "the unsaved text from your closed tab" in text
    assert Revision.objects.get(is_aside=True).content["fields"]["title"] == "Saved and typed"
    assert "conflict" not in Form(editor, article).save(is_found="1")


# Who -----------------------------------------------------------------------------------------------


def test_only_who_may_change_a_record_saves_it_by_itself(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person, title="Own")
    assert Form(client, own).save(title="Mine")["is_saved"]
    assert Form(client).save(title="New")["is_saved"]
    kept = Revision.objects.count()
    for other in (factories.article(state=State.DRAFT), factories.article(), factories.author()):
        form = form_of(form_session="x", writer=person.pk, title="Hijacked", name="Hijacked")
        url = change_url(other).replace("/change/", "/autosave/")
        assert client.post(url, form).status_code == 403
        assert client.get(url, {"writer": person.pk}).status_code == 403
    assert client.post("/admin/articles/topic/add/autosave/", form).status_code == 403
    assert Revision.objects.count() == kept
    assert client.post(f"{ARTICLES}999999/autosave/", form).status_code == 404


def test_author_does_not_lose_her_draft_by_emptying_its_owner(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person)
    form = Form(client, own)
    form.save(owner="")
    form.press(title="Still hers")
    own.refresh_from_db()
    assert (own.owner, own.title) == (person, "Still hers")


def test_it_publishes_nothing_whatever_is_sent_along(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person)
    for action in ("publish", "schedule", "archive"):
        Form(client, own).save(title=action, _continue=action, state="published")
        own.refresh_from_db()
        assert own.state == State.DRAFT
    assert set(Revision.objects.values_list("action", flat=True)) <= {Action.SAVE, Action.FOUND}


def test_nothing_is_saved_in_the_name_of_whoever_signed_in_later(client):
    sign_in(client, "Editor")
    article = factories.article(title="Old")
    form = Form(client, article)
    sign_in(client, "Editor")
    assert client.post(form.url, form.sent | {"title": "Hers"}).status_code == 409
    assert client.get(form.url, {"writer": form.sent["writer"]}).status_code == 409
    assert not Revision.objects.exists()


def test_signed_out_is_led_to_sign_in_and_the_token_of_forms_is_checked(client):
    sign_in(client, "Editor")
    article = factories.article()
    form = Form(client, article)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(form.url, form.sent).status_code == 403
    status = strict.get(form.url, {"writer": form.sent["writer"]}).json()
    sent = form.sent | {"csrfmiddlewaretoken": status["csrf"], "title": "New"}
    assert strict.post(form.url, sent).json()["is_saved"]
    client.logout()
    for response in (client.get(form.url), client.post(form.url, form.sent)):
        assert response.headers["Location"].startswith("/admin/login/")


def test_status_says_which_form_sessions_ended_with_a_save(editor):
    article = factories.article()
    open_form, saved = Form(editor, article), Form(editor, article)
    open_form.save(title="One")
    saved.press(title="Two")
    foreign = Revision.objects.create(
        record=article,
        content={},
        state="draft",
        action="save",
        author=factories.user(),
        form_session="foreign",
        made_at="2026-01-01T00:00Z",
    )
    query = {
        "writer": open_form.sent["writer"],
        "form_session": [open_form.sent["form_session"], saved.sent["form_session"], foreign.form_session, ""],
    }
    answer = editor.get(open_form.url, query)
    assert answer.json()["ended"] == [saved.sent["form_session"]]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("form_session", ["", "x" * 37, "a\0b", "é"])
def test_a_form_that_does_not_say_which_it_is_is_refused_in_words(form_session, editor):
    form = Form(editor, factories.article())
    response = editor.post(form.url, form.sent | {"form_session": form_session})
    assert response.status_code == 400
    assert response.json()["problems"] == ["The form has no session. Reload the page."]
    assert editor.get(form.url, {"writer": form.sent["writer"], "form_session": form_session}).json()["ended"] == []
    assert editor.post(f"{ARTICLES}add/", form_of(form_session=form_session)).status_code in {200, 302}


def test_form_tells_its_script_all_it_needs_and_a_popup_has_none(editor):
    article = factories.article()
    html = editor.get(change_url(article)).content.decode()
    for words in (f'data-autosave-url="{ARTICLES}{article.pk}/autosave/"', 'data-record="articles.article/'):
        assert words in html
    assert f'data-autosave-url="{ARTICLES}add/autosave/"' in editor.get(f"{ARTICLES}add/").content.decode()
    assert "data-autosave-url" not in editor.get("/admin/articles/topic/add/?_popup=1").content.decode()


def test_reader_of_the_form_gets_no_script_for_it(client):
    sign_in(client, "Author")
    assert "data-autosave-url" not in client.get(change_url(factories.article())).content.decode()


def test_address_made_from_the_title_follows_it_until_it_is_published(editor):
    factories.article(title="A text", slug="a-text")
    form = Form(editor, title="A text", slug="")
    made = [form.save()["made_slug"]]
    for fields in ({"summary": "Words"}, {"title": ""}, {"title": "Another text"}):
        made.append(form.save(slug=made[-1] or form.sent["slug"], **fields)["made_slug"])
    assert made == ["a-text-2", "", "article", "another-text"]
    [article] = Article.objects.exclude(slug="a-text")
    assert article.slug == "another-text"
    reopened = Form(editor, article)
    assert reopened.save(title="Reopened")["made_slug"] == "reopened"
    assert reopened.save(title="Typed", slug="mine")["made_slug"] == ""
    assert reopened.save(title="Again", slug="mine")["made_slug"] == ""
    assert Article.objects.get(pk=article.pk).slug == "mine"
    public = factories.article(title="Public", slug="public")
    Form(editor, public).press("publish", title="Public and new")
    assert Article.objects.get(pk=public.pk).slug == "public"


@pytest.mark.parametrize("is_new", [True, False])
def test_address_made_from_the_title_is_made_again_if_it_is_taken_meanwhile(is_new, editor, monkeypatch):
    form = Form(editor, None if is_new else factories.article(state=State.DRAFT, title="Old", slug="old"))

    def and_then_it_is_taken(record, content):
        Article.objects.bulk_create([Article(title="Same", slug="same")])
        write(record, content)

    write = actions.write
    monkeypatch.setattr(actions, "write", and_then_it_is_taken)
    answer = form.save(title="Same")
    assert (answer["is_saved"], answer["problems"], answer["made_slug"]) == (True, [], "same-2")


def test_typed_address_that_is_taken_gets_a_sentence_and_the_rest_is_saved(editor):
    factories.article(title="A text", slug="a-text")
    typed = Form(editor, title="Mine", slug="a-text")
    answer = typed.save()
    assert (answer["is_saved"], answer["made_slug"], Article.objects.get(slug="mine").title) == (True, "", "Mine")
    assert answer["errors"] == {"slug": [answer["problems"][0].removeprefix("Address: ")]}
    assert "Another record already uses this address" in answer["problems"][0]
    assert "Another record already uses this address" in str(typed.press().context["adminform"].form.errors["slug"])


# An address taken between check and save ----------------------------------------------------------


@pytest.mark.parametrize("is_new", [True, False])
def test_address_taken_between_check_and_save_is_said_in_the_form(is_new, editor, monkeypatch):
    article = None if is_new else factories.article(state=State.DRAFT, slug="free")
    form = Form(editor, article, title="Typed with care", slug="wanted")
    full_clean = Article.full_clean

    def and_then_it_is_taken(self, *args, **kwargs):
        full_clean(self, *args, **kwargs)
        monkeypatch.setattr(Article, "full_clean", full_clean)
        Article.objects.bulk_create([Article(title="Other", slug="wanted")])

    def press():
        monkeypatch.setattr(actions, "write", lambda row, content: and_write(row, content))
        return form.press()

    def and_write(row, content):
        monkeypatch.setattr(actions, "write", write)
        monkeypatch.setattr(Article, "full_clean", and_then_it_is_taken)
        write(row, content)

    write = actions.write
    response = press()
    assert response.status_code == 200
    errors = str(response.context["adminform"].form.errors)
    assert "Not saved. Another user saved at the same moment." in errors
    assert ">\nTyped with care</textarea>" in response.content.decode()
    # In this test the blocking record went with the transaction, so a second attempt succeeds.
    assert said(form.press())
    assert Article.objects.get(slug="wanted").title == "Typed with care"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["autosave/", ""])
def test_the_same_new_form_sent_four_times_at_once_stores_one_record(way, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 60)  # on a busy machine too
    person = factories.administrator()  # earlier tests may have emptied the database, roles included
    form_session, start, answers = uuid.uuid4().hex, threading.Barrier(4), []

    def send(number):
        client = Client()
        client.force_login(person)
        start.wait()
        try:
            sent = form_of(form_session=form_session, writer=person.pk, step=1, title="Sent at once")
            answers.append(client.post(f"{ARTICLES}add/{way}", sent))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    for answer in answers:
        assert answer.json()["is_saved"] if way else answer.status_code == 302
    assert Article.objects.count() == 1
    # Without an address, the form that is sent again saves another version.
    assert Revision.objects.count() == 1 or not way
