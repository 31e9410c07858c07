"""The trash is emptied automatically; before a page is unpublished its editor sees where it is used."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, ArticleAuthor, Author
from catalog.models import AIModel
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.registry import publishable_model
from publishing.quality.where_used import seen_by, where_used
from publishing.revisions.models import Revision
from publishing.workflow import trash
from tests import factories
from tests.publishing.content.test_permissions import change_url, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/articles/article/"


def long_ago(days=31):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def editor(client):
    person = factories.user("Editor")
    client.force_login(person)
    return person


def test_what_lay_for_thirty_days_goes_with_its_history(client, editor):
    article = factories.article()
    client.post(change_url(article), form_of(article, title="New"))
    assert Revision.objects.exists()
    Article.objects.update(deleted_at=long_ago())
    fresh = factories.article(deleted_at=long_ago(29))
    live = factories.article()
    trash.empty_trash()
    assert set(Article.objects.all()) == {fresh, live}
    assert not Revision.objects.of(article).exists()


def test_days_are_a_setting(settings):
    settings.TRASH_DAYS = 5
    factories.article(deleted_at=long_ago(6))
    trash.empty_trash()
    assert not Article.objects.exists()


def test_what_something_holds_on_to_stays_and_the_list_says_so(client, editor):
    author = factories.author(name="Held", deleted_at=long_ago())
    article = factories.article(title="Holder")
    ArticleAuthor.objects.create(article=article, author=author, position=1)
    other = factories.author(deleted_at=long_ago())
    trash.empty_trash()
    assert list(Author.objects.all()) == [author]
    assert other not in Author.objects.all()
    text = client.get("/admin/articles/author/?trash=yes").content.decode()
    assert "unless others refer to them" in text
    assert "deleted permanently on" in client.get(change_url(author)).content.decode()


def test_a_batch_has_an_end(monkeypatch):
    monkeypatch.setattr(trash, "AT_ONCE", 2)
    for _ in range(3):
        factories.article(deleted_at=long_ago())
    assert trash.empty_trash() == 2
    assert trash.empty_trash() == 1


def test_brought_back_at_the_last_moment_it_stays(monkeypatch):
    article = factories.article(deleted_at=long_ago())
    overdue = trash.due_for_purge

    def and_brought_back(model):
        found = list(overdue(model).values_list("pk", flat=True))
        if model is Article and found:
            monkeypatch.setattr(trash, "due_for_purge", overdue)
            Article.objects.update(deleted_at=None)
            return Article.objects.filter(pk__in=found)
        return overdue(model)

    monkeypatch.setattr(trash, "due_for_purge", and_brought_back)
    assert trash.empty_trash() == 0
    assert Article.objects.filter(pk=article.pk).exists()


# Before a page goes ---------------------------------------------------------------------------------------------


def leaning(record, title="Leans on it", **fields):
    body = f'<p><a href="ref:{record._meta.label_lower}/{record.pk}">words</a></p>'
    return factories.article(title=title, body=body, **fields)


@pytest.mark.parametrize(
    ("action", "words", "state"), [("unpublish", "Unpublish", "draft"), ("archive", "Archive", "archived")]
)
def test_the_form_asks_before_it_takes_a_used_page_off(client, editor, action, words, state):
    article = factories.article(title="Wanted")
    leaning(article)
    form = form_of(article, _continue=action, summary='Typed "just" now <b>')
    page = client.post(change_url(article), form)
    text = page.content.decode()
    assert f"{words}?" in text
    assert "Leans on it" in text
    assert Article.objects.get(pk=article.pk).state == State.PUBLISHED
    assert not Revision.objects.exists()
    sent = dict(page.context["typed"])
    assert sent["summary"] == 'Typed "just" now <b>'
    again = {**sent, "post": "yes", page.context["button"]: page.context["action"]}
    assert client.post(change_url(article), again).status_code == 302
    stored = Article.objects.get(pk=article.pk)
    assert (stored.state, stored.summary) == (state, 'Typed "just" now <b>')


def test_one_may_only_save_instead(client, editor):
    article = factories.article()
    leaning(article)
    page = client.post(change_url(article), form_of(article, _continue="unpublish", title="Typed"))
    assert "Save changes only" in page.content.decode()
    client.post(change_url(article), {**dict(page.context["typed"]), "post": "yes", "_continue": "save"})
    assert Article.objects.get(pk=article.pk).state == State.PUBLISHED
    assert Revision.objects.head(article).content["fields"]["title"] == "Typed"


def test_what_nobody_uses_goes_at_once(client, editor):
    article = factories.article()
    assert client.post(change_url(article), form_of(article, _continue="unpublish")).status_code == 302
    assert Article.objects.get().state == State.DRAFT


def test_the_action_asks_and_acts_on_all_that_were_chosen(client, editor):
    used, other = factories.article(title="Used"), factories.article(title="Other")
    leaning(used)
    data = {"action": "unpublish_selected", "_selected_action": [used.pk, other.pk]}
    page = client.post(LIST, data)
    assert "Leans on it" in page.content.decode()
    assert Article.objects.published().count() == 3
    again = {
        "post": "yes",
        "action": "unpublish_selected",
        "_selected_action": [v for n, v in page.context["typed"] if n == "_selected_action"],
    }
    client.post(LIST, again)
    assert set(Article.objects.filter(state=State.DRAFT)) == {used, other}


def test_the_form_of_the_catalogue_asks_too(client, editor):
    vendor = factories.publishable(publishable_model("catalog.vendor"), "Maker")
    leaning(vendor)
    page = client.post(change_url(vendor), {"name": vendor.name, "slug": vendor.slug, "state": "archived"})
    assert "Leans on it" in page.content.decode()
    assert type(vendor).objects.get(pk=vendor.pk).state == State.PUBLISHED


def test_actions_of_the_catalogue_name_who_uses_it(client, editor):
    vendor = factories.publishable(publishable_model("catalog.vendor"), "Maker")
    leaning(vendor)
    for action in ("unpublish_selected", "archive", "delete_selected"):
        page = client.post("/admin/catalog/vendor/", {"action": action, "_selected_action": [vendor.pk]})
        assert "Leans on it" in page.content.decode(), action


def test_drafts_of_others_are_not_named_to_an_author(client, editor):
    author = factories.user("Author")
    article = factories.article(owner=author)
    leaning(article, "Secret plan", state=State.DRAFT, owner=editor)
    leaning(article, "Her own draft", state=State.DRAFT, owner=author)
    leaning(article, "Public")
    assert {str(use.source) for use in seen_by(author, where_used(article))[0]} == {"Her own draft", "Public"}
    assert len(seen_by(editor, where_used(article))[0]) == 3
    client.force_login(author)
    text = client.get(change_url(article)).content.decode()
    assert "Public" in text
    assert "Secret plan" not in text


@pytest.mark.parametrize("way", ["form", "list"])
def test_an_address_redirects_from_the_trash_on_until_its_record_is_restored(client, editor, way):
    article, other = factories.article(slug="old"), factories.article(slug="other")
    field = f"redirect-{article.pk}-new_path"
    action = {"action": "delete_selected", "_selected_action": [article.pk]}
    path, data = (LIST, action) if way == "list" else (change_url(article).replace("/change/", "/delete/"), {})
    question = client.post(path, data) if way == "list" else client.get(path)
    assert f'name="{field}"' in question.text

    def confirm(address):
        return client.post(path, data | {"post": "yes", field: address}, follow=True)

    for wrong, words in {
        "/none/": "There is no page at this address.",
        "/articles/old/": "This leads back to the old address.",
        "https://example.com/": "Start with one slash, without the domain.",
    }.items():
        page = confirm(wrong)
        assert words in page.text
        assert f'value="{wrong}"' in page.text
        assert Article.objects.not_trashed().filter(pk=article.pk).exists()
    assert "/articles/old/ redirects to /articles/other/." in confirm("/articles/other/").text
    assert client.get("/articles/old/").headers["Location"] == "/articles/other/"
    Article.objects.filter(pk=other.pk).update(slug="moved")
    assert client.get("/articles/old/").headers["Location"] == "/articles/moved/"
    client.post(f"{LIST}?trash=yes", {"action": "restore", "_selected_action": [article.pk]})
    assert client.get("/articles/old/").status_code == 200
    assert not Redirect.objects.filter(path="/articles/old/").exists()


def test_a_page_that_is_moved_to_the_trash_too_is_no_target_and_an_empty_field_redirects_nothing(client, editor):
    first, second = factories.article(slug="first"), factories.article(slug="second")
    data = {"action": "delete_selected", "_selected_action": [first.pk, second.pk], "post": "yes"}
    answer = client.post(LIST, data | {f"redirect-{first.pk}-new_path": "/articles/second/"})
    assert "This page is moved to the trash too." in answer.text
    client.post(LIST, data)
    assert Article.objects.trashed().count() == 2
    assert not Redirect.objects.exists()


def test_only_records_that_readers_see_can_be_redirected_and_only_by_those_who_may_add_redirects(client, editor):
    draft, model = factories.article(state=State.DRAFT), factories.publishable(AIModel, "Old")
    assert "new_path" not in client.get(change_url(draft).replace("/change/", "/delete/")).text
    delete_url = f"/admin/catalog/aimodel/{model.pk}/delete/"
    assert "new_path" in client.get(delete_url).text
    client.force_login(factories.user("Catalogue manager"))
    assert "new_path" not in client.get(delete_url).text
    client.post(delete_url, {"post": "yes", f"redirect-{model.pk}-new_path": "/articles/"})
    assert not Redirect.objects.exists()
