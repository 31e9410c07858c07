"""The lists of texts, the topics of many of them at once, and the first steps on the start page."""

from datetime import UTC, datetime, timedelta

import pytest

from articles.models import Article
from publishing.content.publishable import State
from publishing.revisions.models import Action
from publishing.site.models import SiteSettings
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


@pytest.fixture
def editor(client):
    person = factories.user("Editor", first_name="Emil")
    client.force_login(person)
    return person


def listed(client, state) -> set[str]:
    return {str(row) for row in client.get(f"{LIST}?state__exact={state}").context["cl"].result_list}


def test_states_that_follow_from_dates_and_drafts_are_filters(client, editor):
    now = datetime.now(UTC)
    day = timedelta(days=1)
    factories.article(title="Live", publish_at=now - day)
    factories.article(title="Soon", publish_at=now + day)
    factories.article(title="Over", publish_at=now - 2 * day, expire_at=now - day)
    factories.article(title="Draft", state="draft")
    for title, action in (("Changed", Action.SAVE), ("Planned", Action.SCHEDULE)):
        article = factories.article(title=title)
        moment = now + day if action == Action.SCHEDULE else None
        perform_action(article, ActionRequest(action, latest_content(article), go_live_at=moment, note="x"))
    content = latest_content(Article.objects.get(title="Changed"))
    content["fields"]["summary"] = "Another."
    perform_action(Article.objects.get(title="Changed"), ActionRequest(Action.SAVE, content))
    assert listed(client, "scheduled") == {"Soon", "Planned"}
    assert listed(client, "published") == {"Live", "Changed", "Planned"}
    assert listed(client, "changed") == {"Changed"}
    assert listed(client, "expired") == {"Over"}
    assert listed(client, "draft") == {"Draft"}


def test_list_names_authors_else_the_owner(client, editor):
    factories.article(title="Signed").author_links.create(author=factories.author(name="Ada"))
    factories.article(title="Unsigned", owner=editor)
    page = client.get(LIST).text
    assert '<td class="field-author_names">Ada</td>' in page
    assert '<td class="field-author_names">Emil</td>' in page


def test_topic_is_added_to_many_texts_and_removed_again(client, editor):
    topic = factories.topic(name="Cost")
    live, draft = factories.article(title="Live"), factories.article(title="Draft", state="draft")
    changed = factories.article(title="Changed")
    content = latest_content(changed)
    content["fields"]["summary"] = "Another."
    perform_action(changed, ActionRequest(Action.SAVE, content))
    chosen = {"action": "tag", "_selected_action": [live.pk, draft.pk, changed.pk]}
    assert "Choose a topic" in client.post(LIST, chosen).text
    page = client.post(LIST, chosen | {"topic": topic.pk}, follow=True)
    assert "“Cost” is added to 3 texts." in page.text
    assert "In 2 of them readers see the change once the draft is published." in page.text
    assert {str(article) for article in Article.objects.filter(topics=topic)} == {"Live", "Draft"}
    assert latest_content(changed)["tags"]["topics"] == [topic.pk]
    assert Article.objects.published().filter(title="Live").exists()
    client.post(LIST, chosen | {"topic": topic.pk, "remove": ""})
    assert not Article.objects.filter(topics=topic).exists()
    client.force_login(factories.user("Author"))
    client.post(LIST, chosen | {"topic": topic.pk})
    assert not Article.objects.filter(topics=topic).exists()


def test_messages_of_all_forms_speak_alike(client, editor):
    redirect = {"path": "/old/", "new_path": "/about/", "_continue": ""}
    page = client.post("/admin/publishing/redirect/add/", redirect, follow=True)
    assert "is saved." in page.text
    assert "successfully" not in page.text


def test_first_steps_tick_themselves_until_all_are_done_or_the_list_is_closed(client):
    person = factories.administrator()
    factories.administrator(username="admin")  # whom the server created, and nobody uses
    client.force_login(person)
    open_ones = {task.words for task in client.get("/admin/").context["checklist"] if not task.is_done}
    assert {"Name of the company", "Logo", "Colleagues", "First article"} <= open_ones
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": "Acme"})
    factories.user("Editor")
    open_ones = {task.words for task in client.get("/admin/").context["checklist"] if not task.is_done}
    assert not {"Name of the company", "Colleagues"} & open_ones
    of_company = {"Legal name and address", "Register entry", "VAT number", "Answer time", "Contact people"}
    assert of_company <= open_ones
    factories.author(kind="desk", answers_enquiries=True)
    known = {"legal_name": "Acme Ltd", "postal_address": "1 High Street", "register": "Companies House"}
    SiteSettings.objects.update(**known, vat_number="GB123", answer_days=1)
    open_ones = {task.words for task in client.get("/admin/").context["checklist"] if not task.is_done}
    assert of_company & open_ones == {"Contact people"}
    factories.author(answers_enquiries=True)
    open_ones = {task.words for task in client.get("/admin/").context["checklist"] if not task.is_done}
    assert not of_company & open_ones
    client.post("/admin/checklist/close/")
    assert "First steps" not in client.get("/admin/").text
    client.force_login(factories.user("Author"))
    assert "First steps" not in client.get("/admin/").text


def test_a_redirect_to_an_address_without_a_page_is_saved_with_a_warning(client, editor):
    factories.article(slug="draft", state=State.DRAFT)
    warning = "The redirect of /old/ is saved, but there is no page at {} at present."
    for number, (address, is_missing) in enumerate({"/none/": True, "/articles/draft/": True, "/faq/": False}.items()):
        data = {"path": f"/old{number or ''}/", "new_path": address}
        page = client.post("/admin/publishing/redirect/add/", data, follow=True).text
        assert (warning.format(address).replace("/old/", data["path"]) in page) is is_missing


def test_the_question_about_topics_names_the_texts_and_their_number(client, editor):
    texts = [factories.article(title=f"Text {number}") for number in range(3)]
    data = {"action": "tag", "_selected_action": [text.pk for text in texts]}
    page = " ".join(client.post("/admin/articles/article/", data).text.split())
    assert "to add to these 3 articles, or to remove from them:" in page
    assert all(f">Text {number}</a>" in page for number in range(3))
    data["_selected_action"].pop()
    data["_selected_action"].pop()
    assert "to add to this article, or to remove from it:" in client.post("/admin/articles/article/", data).text


def test_a_text_without_author_and_owner_shows_a_dash(client, editor):
    factories.article(title="Nobody's", owner=None)
    page = client.get("/admin/articles/article/").text
    assert "Unknown user" not in page
    assert '<td class="field-author_names">–</td>' in page
