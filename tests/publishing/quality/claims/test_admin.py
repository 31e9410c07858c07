"""Dated claims for editors: in the report, above a form, on the start page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from articles.models import Article
from publishing.content.publishable import State
from publishing.quality.claims.models import Claim
from publishing.revisions.models import Revision
from tests import factories
from tests.forms import values_of
from tests.inbox import part_of
from tests.publishing.content.test_permissions import sign_in
from tests.publishing.quality.claims.patterns import pattern_of, using

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = "/admin/publishing/claim/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def article(clock):
    with using(pattern_of("latest", "currently")):
        article = factories.article(title="Which one", body="<p>It is the latest.</p><p>It is currently free.</p>")
        clock.shift(timedelta(days=91))
        yield article


def sentences_on(page):
    return [line.split("</q>")[0] for line in page.split('<q class="claim__sentence">')[1:]]


def test_the_report_lists_the_longest_overdue_first_and_confirms_by_one_click(client, article):
    editor = sign_in(client, "Editor")
    Claim.objects.filter(words="currently").update(review_by=NOON.date())
    page = client.get(LIST).text
    assert sentences_on(page) == ["It is currently free.", "It is the latest."]
    assert f'href="/admin/articles/article/{article.pk}/change/"' in page
    assert page.count("overdue</span>") == 2
    row = Claim.objects.get(words="currently")
    response = client.post(f"{LIST}confirm/?due=past", {"confirm": row.pk}, follow=True)
    assert response.redirect_chain[-1][0] == f"{LIST}?due=past"
    assert sentences_on(response.text) == ["It is the latest."]
    assert LogEntry.objects.latest("pk").user == editor
    assert sentences_on(client.get(LIST).text) == ["It is the latest.", "It is currently free."]
    for key in ("", "x", "9" * 30, "٣"):
        assert client.post(f"{LIST}confirm/", {"confirm": key}).status_code == 302
    assert client.get(f"{LIST}confirm/").status_code == 405
    assert Claim.objects.overdue().count() == 1


def test_the_report_is_filtered_by_day_and_pattern(client, article):
    sign_in(client, "Editor")
    anna = factories.user("Author", first_name="Anna", last_name="Bell")
    factories.article(body="<p>Currently here.</p>", owner=anna)
    both = ["It is the latest.", "It is currently free."]
    for query, expected in {
        "due=past": both,
        "due=never": [*both, "Currently here."],
        "pattern__exact=newest": [*both, "Currently here."],
        "q=free": both[1:],
        "q=%00%F0": [*both, "Currently here."],
    }.items():
        assert sorted(sentences_on(client.get(f"{LIST}?{query}").text)) == sorted(expected), query
    assert "Anna Bell" in client.get(LIST).text


def test_twenty_rows_cost_as_many_queries_as_two(client, article, django_assert_max_num_queries):
    sign_in(client, "Editor")
    factories.topic(introduction="<p>The latest.</p>")
    with django_assert_max_num_queries(60) as few:
        client.get(LIST)
    for number in range(9):
        factories.article(body="<p>The latest.</p>", owner=factories.user("Editor"))
        factories.topic(introduction=f"<p>The latest of {number}.</p>")
    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_day_of_one_claim_is_edited(client, article):
    sign_in(client, "Editor")
    url = f"{LIST}{Claim.objects.get(words='latest').pk}/change/"
    page = client.get(url).text
    assert "Name the model." in page
    assert client.post(url, {"review_by": "2027-05-01"}).status_code == 302
    row = Claim.objects.get(words="latest")
    assert (str(row.review_by), row.words) == ("2027-05-01", "latest")
    assert "Enter a valid date" in client.post(url, {"review_by": "soon"}).text


def test_action_confirms(client, article):
    editor = sign_in(client, "Editor")
    keys = list(Claim.objects.values_list("pk", flat=True))
    client.post(LIST, {"action": "confirm_chosen", "_selected_action": keys})
    assert {row.confirmed_by for row in Claim.objects.all()} == {editor}


@pytest.mark.parametrize("role", ["Author", "Catalogue manager", ""])
def test_others_have_no_report_and_confirm_nothing(client, article, role):
    sign_in(client, role)
    claim = Claim.objects.first()
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}confirm/", {"confirm": claim.pk}).status_code == 403
    assert client.post(f"/admin/articles/article/{article.pk}/confirm/").status_code == 403
    assert part_of(client.get("/admin/"), "Due for confirmation") is None
    assert not Claim.objects.exclude(confirmed_on=None).exists()


# A text -----------------------------------------------------------------------------------------------------


def form_url(article, more="change/"):
    return f"/admin/articles/article/{article.pk}/{more}"


def test_above_its_form_stands_what_is_overdue_and_one_button_confirms_it(client, article):
    sign_in(client, "Editor")
    page = client.get(form_url(article)).text
    assert sentences_on(page) == ["It is the latest.", "It is currently free."]
    assert "Name the model." in page
    response = client.post(form_url(article, "confirm/"), follow=True)
    assert "is confirmed. Dated claims confirmed: 2." in response.text
    assert sentences_on(response.text) == []
    assert Revision.objects.of(article).count() == 0
    response = client.post(form_url(article, "confirm/"), {"back": "list"})
    assert response.headers["Location"] == LIST


def test_a_text_to_be_read_again_gets_its_next_day_at_once(client, article):
    sign_in(client, "Editor")
    Article.objects.filter(pk=article.pk).update(review_by=NOON.date())
    page = client.get(form_url(article)).text
    assert "This text was due for review by 24 Nov 2026." in page
    assert "Next review by 22 Aug 2027." in client.post(form_url(article, "confirm/"), follow=True).text
    article.refresh_from_db()
    assert (str(article.review_by), article.state, article.body.count("latest")) == ("2027-08-22", State.PUBLISHED, 1)


def test_with_a_draft_over_it_nothing_is_published_by_confirming(client, article):
    sign_in(client, "Editor")
    Article.objects.filter(pk=article.pk).update(review_by=NOON.date())
    values = values_of(client.get(form_url(article)).text, "article_form") | {"title": "Another", "_continue": "save"}
    assert client.post(form_url(article), values).status_code == 302
    response = client.post(form_url(article, "confirm/"), follow=True)
    assert "There are unpublished changes" in response.text
    article.refresh_from_db()
    assert (article.title, str(article.review_by)) == ("Which one", "2026-11-24")
    assert not Claim.objects.exclude(confirmed_on=None).exists()
    draft = factories.article(state=State.DRAFT)
    assert "there is nothing to confirm yet" in client.post(form_url(draft, "confirm/"), follow=True).text


def test_the_start_page_says_what_is_past_its_day(client, article):
    editor = sign_in(client, "Editor")
    Article.objects.filter(pk=article.pk).update(review_by=NOON.date(), owner=editor)
    part = part_of(client.get("/admin/"), "Due for confirmation")
    [item] = part.items
    assert (item.note, item.waiting_for) == ("Due for review and 2 dated claims", str(editor))
    assert (item.at, part.list_url) == (NOON.date(), f"{LIST}?due=past")
    client.post(form_url(article, "confirm/"))
    assert part_of(client.get("/admin/"), "Due for confirmation") is None
