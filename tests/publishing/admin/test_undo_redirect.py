"""The message about a changed address after saving, and undoing the change."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from articles.models import Article
from catalog.models import FieldChange, Vendor
from ops.jobs.scheduler import run_due_jobs
from publishing.content.redirect import Redirect
from publishing.revisions.models import Act, Revision
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories
from tests.publishing.admin.test_admin import said
from tests.publishing.content.test_permissions import change_url, form_of, sign_in

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def article():
    return factories.article(slug="old", title="Costs")


def save(client, article, act="publish", **changes):
    response = client.post(change_url(article), form_of(article, _continue=act, **changes), follow=True)
    assert response.redirect_chain, response.context["errors"]
    return response


def undo(client, record, old="/articles/old/", new="/articles/new/"):
    url = change_url(record).replace("/change/", "/undo-move/")
    return client.post(url, {"old": old, "new": new}, follow=True)


def test_message_says_the_redirect_and_its_button_takes_the_address_back(client, article):
    sign_in(client, "Editor")
    page = save(client, article, slug="new")
    assert "/articles/old/ now leads to /articles/new/. Undo the change of the address" in said(page)[0]
    form = re.search(r'<form class="undo" method="post" action="([^"]+)">.*?</form>', page.content.decode(), re.DOTALL)
    fields = dict(re.findall(r'name="(old|new|csrfmiddlewaretoken)" value="([^"]+)"', form[0]))
    assert fields.pop("csrfmiddlewaretoken")
    page = client.post(form[1], fields, follow=True)
    assert said(page) == ["The page stands at /articles/old/ again, and /articles/new/ leads there."]
    assert client.get("/articles/old/").status_code == 200
    assert client.get("/articles/new/").headers["Location"] == "/articles/old/"
    last = Revision.objects.head(article)
    assert (last.note, last.applied_at is None) == ("Address taken back", False)


def test_nothing_is_said_of_an_address_that_stays_or_that_nobody_knew(client, article):
    sign_in(client, "Editor")
    assert "leads to" not in said(save(client, article, title="Costs more"))[0]
    draft = factories.article(slug="draft", state="draft")
    assert "lead" not in said(save(client, draft, "save", slug="other"))[0]


def test_over_a_draft_the_redirect_comes_when_readers_see_it(client, article):
    sign_in(client, "Editor")
    page = save(client, article, "save", slug="new")
    assert "Once readers see it, /articles/old/ will lead to /articles/new/." in said(page)[0]
    assert not Redirect.objects.exists()
    assert "/articles/old/ now leads to /articles/new/." in said(save(client, article, slug="new"))[0]
    assert Redirect.objects.get().path == "/articles/old/"


def test_a_scheduled_update_makes_it_at_its_moment_and_says_so_before(client, article):
    sign_in(client, "Editor")
    with time_machine.travel(NOON, tick=False) as clock:
        page = save(client, article, "schedule", slug="new", go_live_at_0="2026-11-25", go_live_at_1="09:00")
        assert "/articles/old/ will lead to /articles/new/." in said(page)[0]
        clock.shift(timedelta(days=1))
        run_due_jobs()
    assert client.get("/articles/old/").headers["Location"] == "/articles/new/"
    assert "again" in said(undo(client, article))[0]
    assert Article.objects.get().slug == "old"


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        ("moved on", "It has another address since: /articles/newer/."),
        ("draft", "Something was written since"),
        ("update", "Something was written since"),
        ("redirect removed", "/articles/old/ no longer leads here."),
        ("address taken", "Another record has this address already"),
    ],
)
def test_undo_is_refused_in_words_when_something_changed_meanwhile(client, article, meanwhile, words):
    sign_in(client, "Editor")
    save(client, article, slug="new")
    article.refresh_from_db()
    if meanwhile == "moved on":
        save(client, article, slug="newer")
    elif meanwhile == "draft":
        save(client, article, "save", title="A draft")
    elif meanwhile == "update":
        action = ActionRequest(Act.SCHEDULE, latest_content(article), go_live_at=NOON + timedelta(days=900))
        perform_action(article, action)
    elif meanwhile == "redirect removed":
        Redirect.objects.all().delete()
    elif meanwhile == "address taken":
        other = factories.article(slug="other", state="draft")
        Article.objects.filter(pk=other.pk).update(slug="old")
    article.refresh_from_db()
    slug, redirects, revisions = article.slug, set(Redirect.objects.values_list("path")), Revision.objects.count()
    message = said(undo(client, article))[0]
    assert message.startswith("The change of the address cannot be undone.")
    assert words in message
    article.refresh_from_db()
    assert article.slug == slug
    assert set(Redirect.objects.values_list("path")) == redirects
    assert Revision.objects.count() == revisions


@pytest.mark.parametrize("old", ["", "/nowhere/", "/articles/", "/faq/old/", "x" * 2000])
def test_undo_with_made_up_addresses_changes_nothing(client, article, old):
    sign_in(client, "Editor")
    save(client, article, slug="new")
    Redirect.objects.create(path=old[:500] or "/", target=article)
    assert "cannot be undone" in said(undo(client, article, old=old))[0]
    article.refresh_from_db()
    assert article.slug == "new"


def test_whoever_may_not_publish_cannot_undo(client, article):
    person = sign_in(client, "Author")
    Article.objects.update(owner=person, slug="new")
    assert Redirect.objects.exists()
    assert undo(client, article).status_code == 403
    hidden = factories.article(state="draft", owner=factories.user("Author"))
    assert undo(client, hidden).status_code == 403
    assert client.get(change_url(article).replace("/change/", "/undo-move/")).status_code == 405
    article.refresh_from_db()
    assert article.slug == "new"


def test_in_the_catalogue_it_is_taken_back_too_and_logged(admin_page):
    vendor = factories.publishable(Vendor, "Maker", slug="old")
    vendor.slug = "new"
    vendor.save()
    old, new = vendor.get_absolute_url().replace("new", "old"), vendor.get_absolute_url()
    message = said(undo(admin_page, vendor, old, new))[0]
    assert message == f"The page stands at {old} again, and {new} leads there."
    change = FieldChange.objects.get(field="slug")
    assert (change.old, change.new) == ("new", "old")
