import pytest

from catalog.models import AIModel
from publishing.search.record_picker import find
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/admin/publishing/find/"


def titles(user, *arguments):
    return [item["title"] for item in find(user, *arguments)]


@pytest.fixture
def editor():
    return factories.user("Editor")


def test_records_of_every_kind_are_found_by_a_part_of_their_name(editor):
    article = factories.article(title="All about tokens")
    factories.question(question="What are tokens?")
    factories.topic(name="Tokens")
    factories.article(title="Something else")
    found = find(editor, "token")
    assert [item["title"] for item in found] == ["Tokens", "All about tokens", "What are tokens?"]
    assert found[1] == {
        "ref": f"articles.article/{article.pk}",
        "title": "All about tokens",
        "kind": "Article",
        "state": "published",
    }


def test_names_that_begin_with_the_words_come_first_however_many_hold_them(editor):
    for number in range(12):
        factories.article(title=f"About GPT {number:02}")
    factories.article(title="GPT compared")
    assert titles(editor, "gpt")[0] == "GPT compared"


def test_kind_can_be_chosen(editor):
    factories.article(title="Tokens")
    factories.topic(name="Tokens")
    assert [item["kind"] for item in find(editor, "tokens", "articles.article")] == ["Article"]
    assert find(editor, "tokens", "nowhere.nothing") == []
    assert find(editor, "tokens", "\x00") == []


def test_drafts_are_found_and_named_as_such_but_not_the_trash(editor):
    factories.article(title="Plan A", state="draft")
    factories.article(title="Plan B", deleted_at="2026-01-01T00:00Z")
    assert [(item["title"], item["state"]) for item in find(editor, "plan")] == [("Plan A", "draft")]


def test_nothing_is_found_by_whoever_may_not_see_it():
    factories.article(title="Plan")
    factories.image(alt="Plan")
    assert find(factories.user(), "plan") == []
    assert find(factories.user(), "plan", "publishing.image") == []


def test_pictures_come_with_their_file(editor):
    image = factories.image(alt="A bridge")
    decoration = factories.image(alt="A bridge of dots", is_decorative=True)
    found = {item["ref"]: item for item in find(editor, "bridge", "publishing.image")}
    assert found[f"publishing.image/{image.pk}"]["thumbnail_url"] == image.file.url
    assert found[f"publishing.image/{image.pk}"]["alt"] == "A bridge"
    assert found[f"publishing.image/{decoration.pk}"]["alt"] == ""


def test_answer_is_short(editor):
    for number in range(30):
        factories.article(title=f"Tokens {number}")
        factories.topic(name=f"Tokens {number}")
    assert len(find(editor, "tokens")) <= 24


def test_without_words_the_first_of_each_kind_are_offered(editor):
    factories.article(title="One")
    assert titles(editor, "") == ["One"]


@pytest.mark.parametrize("query", ["%00", "%ED%A0%80", "%25", "_", "%27%22%5C", "x" * 20_000])
def test_odd_words_find_nothing_and_break_nothing(client, editor, query):
    factories.article(title="Plain")
    client.force_login(editor)
    response = client.get(f"{URL}?q={query}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"].count("no-store")


def test_strangers_are_sent_to_sign_in(client):
    assert client.get(URL).status_code == 302


def test_member_of_staff_without_permissions_gets_an_empty_answer(client):
    factories.article(title="Plan")
    client.force_login(factories.user())
    assert client.get(f"{URL}?q=plan").json() == {"results": []}


# Facts ---------------------------------------------------------------------------------------------


def test_facts_are_offered_to_whoever_may_see_their_record(client):
    model = factories.publishable(AIModel, "Sample model", context_tokens=200_000)
    address = f"/admin/publishing/facts/?ref=catalog.aimodel/{model.pk}"
    assert client.get(address).status_code == 302
    client.force_login(factories.user("Author"))
    answer = client.get(address).json()
    assert answer["title"] == "Sample model aimodel"
    assert {"name": "context_tokens", "label": "Context window", "value": "200,000 tokens"} in answer["facts"]
    client.force_login(factories.user())
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("ref", ["", "x", "catalog.aimodel/0", "auth.user/1", "catalog.aimodel/1/name", "'" * 3_000])
def test_facts_of_nothing_are_none(client, ref):
    client.force_login(factories.user("Author"))
    answer = client.get("/admin/publishing/facts/", {"ref": ref})
    assert (answer.status_code, answer.json()["facts"]) == (404, [])
