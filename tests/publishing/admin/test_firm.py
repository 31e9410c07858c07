"""The first form: what the starter says of the firm is kept or withdrawn, and answers follow the settings.

Stage: test.
"""

import pytest
from django.utils import timezone

from articles.models import Article, Author
from faq.models import Question
from publishing.admin.checklist import checklist_for
from publishing.content.publishable import State
from publishing.site.models import SiteSettings
from publishing.workflow.starter import firm_texts
from tests import factories
from tests.publishing.admin.test_site_settings import CHANGE, form_of
from tests.publishing.site.test_confirmation import OWN

INSURED = 'Insured by "Mutual & Sons" <since 2020>,\r\nup to €1,000,000.'


@pytest.fixture
def administrator(client, starter_content):
    person = factories.administrator()
    client.force_login(person)
    return person


def test_the_start_page_leads_to_the_form(administrator, client):
    first = checklist_for(administrator)[0]
    assert (first.words.startswith("Your firm"), first.is_done) == (True, False)
    assert client.get(first.url, follow=True).status_code == 200


def test_the_starter_is_offered_by_group_and_each_text_leads_to_its_page(administrator, client):
    page = client.get(CHANGE).content.decode()
    groups = firm_texts()
    assert {"Services", "Worked examples", "Pages", "Answers: Price and time"} <= groups.keys()
    for texts in groups.values():
        assert texts
        for text in texts:
            assert f'href="{text.get_absolute_url()}"' in page, text
    assert not {"home", "privacy"} & {text.slug for texts in groups.values() for text in texts}


def test_what_is_unticked_becomes_a_draft_and_what_is_ticked_again_is_public(administrator, client):
    service, question = Article.objects.get(slug="custom-ai-systems"), Question.objects.get(slug="how-do-we-start")
    desk, other = Author.objects.get(slug="engineering-desk"), Article.objects.get(slug="about")
    Article.objects.filter(pk=other.pk).update(state=State.DRAFT)  # by a colleague, after the form was opened
    keys = [f"{record._meta.label_lower}/{record.pk}" for record in (service, question, desk, other)]
    assert client.post(CHANGE, form_of(**{"initial-kept": keys, "kept": keys[3:]})).status_code == 302
    records = service, question, desk, other
    for record in records:
        record.refresh_from_db()
    assert {record.state for record in records} == {State.DRAFT}
    assert client.get("/contact/").content.decode().count("Engineering desk") == 0
    assert (
        client.post(CHANGE, form_of(**{"initial-kept": keys[3:], "kept": [*keys, "faq.question/0"]})).status_code == 302
    )
    service.refresh_from_db()
    assert service.state == State.PUBLISHED
    client.logout()
    assert client.get(service.get_absolute_url()).status_code == 200


def test_texts_are_no_longer_offered_once_they_are_confirmed(administrator, client):
    SiteSettings(**OWN, confirmed_at=timezone.now()).save()
    assert 'name="kept"' not in client.get(CHANGE).content.decode()


def test_answers_are_drafts_until_their_setting_is_confirmed_and_follow_it(administrator, client):
    question = Question.objects.get(slug="are-you-insured")
    path = question.get_absolute_url()

    def save(**changes):
        assert client.post(CHANGE, form_of(**OWN | changes)).status_code == 302
        question.refresh_from_db()
        return question.state, question.answer

    assert (question.state, question.answer) == (State.DRAFT, "")
    state, answer = save(insurance=INSURED)
    assert state == State.DRAFT
    assert answer == '<p>Insured by "Mutual &amp; Sons" &lt;since 2020&gt;,</p><p>up to €1,000,000.</p>'
    state, again = save(insurance=INSURED, confirms="on")
    assert (state, again) == (State.PUBLISHED, answer)
    assert "up to €1,000,000." in client.get(path).content.decode()
    assert save(insurance="Insured by another.", confirms="on") == (State.PUBLISHED, "<p>Insured by another.</p>")
    assert save(insurance="Insured by another.") == (State.DRAFT, "<p>Insured by another.</p>")
    save(insurance="Insured by another.", confirms="on")
    assert save(insurance="", confirms="on") == (State.DRAFT, "")
    client.logout()
    assert client.get(path).status_code == 404


def test_an_answer_that_an_editor_has_written_stays_but_is_not_public_without_confirmation(administrator, client):
    question = Question.objects.get(slug="which-certificates-do-you-hold")
    client.post(CHANGE, form_of(**OWN, certificates="ISO 27001", confirms="on"))
    Question.objects.filter(pk=question.pk).update(answer="<p>By hand.</p>")
    client.post(CHANGE, form_of(**OWN, certificates="ISO 9001", confirms="on"))
    question.refresh_from_db()
    assert (question.state, question.answer) == (State.PUBLISHED, "<p>By hand.</p>")
    client.post(CHANGE, form_of(**OWN, certificates="ISO 9001"))
    question.refresh_from_db()
    assert (question.state, question.answer) == (State.DRAFT, "<p>By hand.</p>")


@pytest.mark.django_db
def test_a_site_without_these_questions_gets_one_with_its_setting(client):
    client.force_login(factories.administrator())
    client.post(CHANGE, form_of(**OWN))
    assert not Question.objects.exists()
    page = client.post(CHANGE, form_of(**OWN, insurance="Insured.", confirms="on"), follow=True)
    assert "“Are you insured?” was not published." in page.content.decode()  # it has no topic here
    assert Question.objects.get().state == State.DRAFT
