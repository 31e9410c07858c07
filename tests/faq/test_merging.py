"""Merging two questions that ask the same."""

import pytest

from articles.models import PlacedQuestion
from faq.merging import CannotMergeQuestionsError, merge
from faq.models import OtherWording, Question
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.revisions.models import Act, Revision
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def two():
    """The question that stays and the one that is merged, which is used everywhere."""
    into = factories.question(question="Is generative AI the same as LLMs?", answer="<p>No.</p>")
    other = factories.question(question="Is LLM the same as generative AI?", answer="<p>Yes.</p>")
    OtherWording.objects.create(question=into, wording="Are they the same?")
    OtherWording.objects.create(question=other, wording="Is an LLM generative?")
    return into, other


def test_the_other_leads_to_the_one_that_stays_and_is_found_by_its_words(client, admin_page, two):
    into, other = two
    link = f'<p><a href="ref:faq.question/{other.pk}">why</a></p>'
    shows_both, shows_other = factories.article(body=link), factories.article()
    for article, question in ((shows_both, into), (shows_both, other), (shows_other, other)):
        PlacedQuestion.objects.create(article=article, question=question)
    content = latest_content(shows_other)
    content["fields"]["body"] = link
    perform_action(shows_other, ActionRequest(Act.SAVE, content, author=factories.user("Editor")))
    Redirect.objects.redirect("/old/", to=other)

    page = admin_page.get(f"/admin/faq/question/merge/?into={into.pk}&other={other.pk}").content.decode()
    assert f"address {other.get_absolute_url()} leads to it" in page
    assert "They contradict each other" in page
    assert str(shows_other) in page
    response = admin_page.post("/admin/faq/question/merge/", {"into": into.pk, "other": other.pk})
    assert response.headers["Location"] == f"/admin/faq/question/{into.pk}/change/"

    client.logout()
    for path in (other.get_absolute_url(), "/faq/is-an-llm-generative/", "/old/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, into.get_absolute_url()), path
    assert client.get(other.markdown_url).headers["Location"] == into.markdown_url
    assert client.get(f"/api/v1/questions/{other.slug}/").status_code == 301
    found = client.get("/search/?q=%22llm+the+same+as+generative%22&kind=faq.question").content.decode()
    assert into.get_absolute_url() in found
    assert other.get_absolute_url() not in found
    assert [link.question for link in shows_both.question_links.all()] == [into]
    assert [link.question for link in shows_other.question_links.all()] == [into]
    shows_both.refresh_from_db()
    assert f"ref:faq.question/{into.pk}" in shows_both.body
    draft = latest_content(shows_other)
    assert f"ref:faq.question/{into.pk}" in draft["fields"]["body"]
    assert [row["question"] for row in draft["rows"]["question_links"]] == [into.pk]
    assert Question.objects.trashed().get() == other
    newest = Revision.objects.head(into)
    assert (newest.act, newest.note) == (Act.PUBLISH, f"Merged: {other}")
    words = {row["wording"]: row["slug"] for row in newest.content["rows"]["other_wordings"]}
    assert words[other.question] == other.slug
    assert len(words) == 3


def test_a_question_that_is_brought_back_has_its_address_again(client, two):
    into, other = two
    merge(into.pk, other.pk, None)
    Question.objects.filter(pk=other.pk).update(deleted_at=None)
    assert client.get(other.get_absolute_url()).status_code == 200


def test_wording_that_both_have_is_kept_once_with_both_addresses(client):
    into = factories.question(question="How much is it?")
    other = factories.question(question="how much is IT?", slug="much")
    merge(into.pk, other.pk, None)
    assert not OtherWording.objects.exists()
    assert client.get("/faq/much/").headers["Location"] == into.get_absolute_url()


@pytest.mark.parametrize("problem", ["itself", "trash", "hidden", "draft over it", "gone"])
def test_what_cannot_be_merged_says_why_and_changes_nothing(two, problem):
    into, other = two
    if problem == "itself":
        other = into
    if problem == "trash":
        Question.objects.filter(pk=into.pk).update(deleted_at="2026-11-24T12:00Z")
    if problem == "hidden":
        Question.objects.filter(pk=into.pk).update(state=State.DRAFT)
    if problem == "draft over it":
        content = latest_content(other)
        content["fields"]["answer"] = "<p>Another.</p>"
        perform_action(other, ActionRequest(Act.SAVE, content))
    with pytest.raises(CannotMergeQuestionsError) as raised:
        merge(into.pk, 0 if problem == "gone" else other.pk, None)
    assert str(raised.value).endswith((".", "!"))
    assert Question.objects.filter(deleted_at=None).count() == (1 if problem == "trash" else 2)
    assert OtherWording.objects.count() == 2


@pytest.mark.parametrize("query", ["", "?into=x&other=1", "?into=999999&other=٣", f"?into={'9' * 30}&other=1"])
def test_nonsense_is_answered_in_words(admin_page, query):
    response = admin_page.get(f"/admin/faq/question/merge/{query}", follow=True)
    assert "one of these is not, or not any more" in response.content.decode()
