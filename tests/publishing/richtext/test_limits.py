"""A body has a size limit, reported beside its field; within it no slow computation runs in a transaction."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from articles.models import Article
from publishing.content.publishable import State
from publishing.quality.claims import finding as claims
from publishing.quality.names import mentions
from publishing.rendering import compiler
from publishing.richtext.allowlist import MOST_CHARACTERS
from tests import factories
from tests.publishing.admin.test_admin import editor
from tests.publishing.admin.test_autosave import Form
from tests.publishing.content.test_permissions import ARTICLES, form_of

__all__ = ["editor"]

TOO_LONG = f"<p>{'word ' * (MOST_CHARACTERS // 5)}</p>"
MANY = f"<ul>{'<li>a</li>' * 20_000}</ul>"
SAID = "300,007 characters including markup; the maximum is 300,000."


@pytest.mark.django_db
def test_a_body_that_is_too_long_is_refused_beside_its_field(editor):
    response = editor.post(f"{ARTICLES}add/", form_of(body=TOO_LONG))
    assert SAID in response.context["adminform"].form.errors["body"][0]
    assert "word word " * 100 in response.content.decode()
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_a_body_of_too_many_elements_is_refused_beside_its_field(editor):
    response = editor.post(f"{ARTICLES}add/", form_of(body=MANY))
    said = "20,001 paragraphs, cells, links and other elements; the maximum is 20,000."
    assert said in response.context["adminform"].form.errors["body"][0]


@pytest.mark.django_db
def test_a_body_that_is_only_too_long_once_cleaned_is_refused_too(editor):
    response = editor.post(f"{ARTICLES}add/", form_of(body=f"<p>{'&' * 100_000}</p>"))
    assert "500,007 characters" in response.context["adminform"].form.errors["body"][0]


@pytest.mark.django_db
def test_what_saves_itself_says_that_the_body_is_too_long_and_keeps_the_rest(editor):
    article = factories.article(state=State.DRAFT, body="<p>Before.</p>")
    answer = Form(editor, article).save(title="Other", body=TOO_LONG)
    assert answer["is_saved"]
    assert SAID in answer["problems"][0]
    article.refresh_from_db()
    assert (article.title, article.body) == ("Other", "<p>Before.</p>")


@pytest.mark.django_db
def test_a_file_and_a_paste_that_are_too_long_are_refused(editor):
    file = SimpleUploadedFile("long.html", TOO_LONG.encode())
    response = editor.post(f"{ARTICLES}import/", {"file": file, "form_session": uuid.uuid4().hex})
    assert "characters including markup" in response.context["form"].errors["file"][0]
    pasted = editor.post("/admin/publishing/paste/", {"html": TOO_LONG}, content_type="application/json")
    assert pasted.status_code == 400
    assert "characters including markup" in pasted.json()["problem"]


NAMED = "<p>It is currently GPT-4 that leads. {}</p>"


@pytest.mark.django_db(transaction=True)
def test_what_takes_long_is_worked_out_before_the_transaction(client, monkeypatch):
    client.force_login(factories.administrator())
    inside = []

    def watched(module, name):
        function = getattr(module, name)

        def call(*args):
            if name != "hits" or "GPT-4" in args[1]:  # titles are short, and searched in the transaction
                inside.append((name, connection.in_atomic_block))
            return function(*args)

        monkeypatch.setattr(module, name, call)

    for module, name in ((mentions, "names_of"), (claims.ClaimPattern, "hits"), (compiler, "sanitised")):
        watched(module, name)
    draft = Form(client)
    steps = {
        "preview": lambda body: client.post(f"{ARTICLES}add/preview/", form_of(body=body)),
        "autosave": lambda body: draft.save(body=body),
        "save": lambda body: client.post(f"{ARTICLES}add/", form_of(body=body, title="Saved")),
        "publish": lambda body: client.post(f"{ARTICLES}add/", form_of(body=body, title="P", _continue="publish")),
        "import": lambda body: client.post(
            f"{ARTICLES}import/",
            {"file": SimpleUploadedFile("text.html", body.encode()), "form_session": uuid.uuid4().hex},
        ),
    }
    for step, act in steps.items():
        inside.clear()
        act(NAMED.format(step))
        assert {name for name, _ in inside} == {"names_of", "hits", "sanitised"}, step
        assert not [name for name, is_inside in inside if is_inside], step
    assert Article.objects.filter(body__contains="GPT-4").count() == 4
