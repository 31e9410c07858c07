"""The search of the admin, and the search of its lists."""

import pytest

from articles.models import Article
from publishing.revisions.models import Action
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories
from tests.enquiries import sending

pytestmark = pytest.mark.django_db
SEARCH = "/admin/search/?q="


def found(client, words) -> dict[str, list[str]]:
    parts = client.get(f"{SEARCH}{words}").context["parts"]
    return {part["name"]: [hit["title"] for hit in part["hits"]] for part in parts}


def test_search_finds_words_in_titles_and_texts_of_pages_drafts_and_versions(client):
    factories.article(title="Live", body="<p>The heron waits.</p>")
    factories.article(title="Draft", body="<p>A heron, unpublished.</p>", state="draft")
    factories.article(title="Heron")
    factories.article(title="Heron 2")
    factories.article(title="Gone heron", deleted_at="2026-11-24T12:00Z")
    factories.question(
        question="Where is it?", answer="<p>Ask the heron.</p>", topic=factories.question_topic(name="T")
    )
    changed = factories.article(title="Changed")
    content = latest_content(changed)
    content["fields"] |= {"body": "<p>Now with a heron.</p>"}
    perform_action(changed, ActionRequest(Action.SAVE, content))
    sending.enquiry(message="Do you have a heron?", company="Pond Ltd")
    client.force_login(factories.user("Editor"))
    parts = found(client, "heron")
    assert parts["Articles"][:2] == ["Heron", "Heron 2"]
    assert {*parts["Articles"][2:]} == {"Live", "Draft", "Changed"}
    assert parts["Questions"] == ["Where is it?"]
    assert len(parts["Enquiries"]) == 1
    assert found(client, "heron+unpublished") == {"Articles": ["Draft"]}
    assert found(client, "%20%00") == {}


def test_search_finds_what_one_may_see(client):
    author = factories.user("Author")
    factories.article(title="Of another", body="<p>heron</p>", state="draft", owner=factories.user())
    factories.article(title="Own", body="<p>heron</p>", state="draft", owner=author)
    sending.enquiry(message="heron")
    changed = factories.article(title="Changed", owner=author)
    content = latest_content(changed)
    content["fields"] |= {"body": "<p>Now with a heron.</p>"}
    perform_action(changed, ActionRequest(Action.SAVE, content))
    client.force_login(author)
    assert found(client, "heron") == {"Articles": ["Own"]}


def test_list_finds_words_of_the_text_and_a_field_only_names(client):
    topic = factories.topic(name="Birds", introduction="<p>heron</p>")
    factories.article(title="Live", body="<p>The heron waits.</p>")
    client.force_login(factories.user("Editor"))
    page = client.get("/admin/articles/article/?q=heron")
    assert [str(row) for row in page.context["cl"].result_list] == ["Live"]
    options = "/admin/autocomplete/?app_label=articles&model_name=article&field_name=topics&term="
    assert client.get(f"{options}heron").json()["results"] == []
    assert client.get(f"{options}bird").json()["results"] == [{"id": str(topic.pk), "text": "Birds"}]
    assert Article.objects.count() == 1


def test_field_of_the_search_is_empty_on_other_pages(client):
    client.force_login(factories.user("Editor"))
    article = factories.article()
    assert 'name="q" value="heron"' in client.get(f"{SEARCH}heron").text
    for path in ("/admin/", f"/admin/articles/article/{article.pk}/change/"):
        assert 'name="q" value=""' in client.get(path).text
