"""Duplicate questions in the admin: while typing, after saving, and in a list of all."""

import pytest

from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db
ASKED = "Is LLM the same as generative AI?"
TYPED = "/admin/faq/question/duplicates/"


@pytest.fixture
def known():
    return factories.question(question="Is <b>Generative AI</b> the same as LLMs?", answer="<p>No.</p>")


def test_what_is_typed_is_answered_with_links_and_what_contradicts(client, known):
    client.force_login(factories.user("Author"))
    for data, words in (
        ({"question": "What is B the same as?"}, "No duplicates found."),
        ({"question": f"{ASKED} B", "answer": "<p>Yes.</p><script>"}, "One answer begins with “yes”"),
        ({"question": f"{ASKED} B", "answer": "<p>No.</p>", "pk": "nonsense"}, "Is &lt;b&gt;Generative AI&lt;/b&gt;"),
        ({"question": f"{ASKED} B", "pk": str(known.pk)}, "No duplicates found."),
        ({}, "No duplicates found."),
    ):
        html = client.post(TYPED, data).content.decode()
        assert words in html, data
        assert "<script" not in html, data
    assert client.get(TYPED).status_code == 405


def test_author_is_told_of_no_draft_that_she_may_not_see(client):
    author, colleague = factories.user("Author"), factories.user("Editor")
    factories.question(question=f"{ASKED} Hidden", state=State.DRAFT, owner=colleague)
    own = factories.question(question=f"{ASKED} hidden: hers", state=State.DRAFT, owner=author)
    client.force_login(author)
    data = {"question": f"{ASKED} hidden"}
    assert "Hidden" not in client.post(TYPED, data).content.decode()
    assert "Hidden" not in client.get(f"/admin/faq/question/{own.pk}/change/").content.decode()
    client.force_login(colleague)
    assert "Hidden" in client.post(TYPED, data).content.decode()


def test_form_and_list_say_so_without_a_script(client, known):
    client.force_login(factories.user("Editor"))
    duplicate = factories.question(question=f"{ASKED} B", state=State.DRAFT, answer="<p>Yes.</p>")
    form = client.get(f"/admin/faq/question/{duplicate.pk}/change/").content.decode()
    assert "1 possible duplicate" in form
    assert "The answers contradict each other." in form
    assert '"/admin/faq/question/pairs/"' in client.get("/admin/faq/question/").content.decode()
    pairs = client.get("/admin/faq/question/pairs/").content.decode()
    for question in (known, duplicate):
        assert f"/admin/faq/question/{question.pk}/change/" in pairs
    assert "begins with “no”, the other with “yes”" in pairs
    duplicate.delete()
    assert "No duplicates found." in client.get("/admin/faq/question/pairs/").content.decode()
