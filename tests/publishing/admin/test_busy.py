"""What editors send waits for its turn too, and one whose turn does not come keeps all that was typed. Stage: test."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import html

from faq.models import Question
from publishing.images.models import Image
from tests import factories
from tests.ops.limits.test_turns import held
from tests.publishing.admin.test_admin import editor
from tests.publishing.admin.test_drafts import sent_by_the_form
from tests.publishing.content.test_permissions import change_url

__all__ = ["editor", "held"]

pytestmark = pytest.mark.django_db
TYPED = 'First line\r\n\r\n<b>"Second"</b> & é'


@pytest.fixture
def question():
    return factories.question(question="Old words?")


@pytest.fixture
def typed(editor, question):
    """What the browser sends for a form in which somebody wrote."""
    return sent_by_the_form(editor, question) | {"question": "New words?", "note": TYPED, "_continue": "publish"}


def fields_of(page) -> dict[str, str]:
    (form,) = html.fromstring(page.content.decode()).xpath("//main//form")
    # As a browser sends it: line ends of a text area are CRLF, and its first empty line is only there for the parser.
    return {
        name: (value or "").removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
        for name, value in form.form_values()
    }


def test_a_save_that_must_wait_comes_back_with_all_that_was_typed_and_saves_when_sent_again(
    held, editor, question, typed
):
    busy = editor.post(change_url(question), typed)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "3")
    sent = fields_of(busy)
    assert sent == {name: str(value) for name, value in typed.items()} | {"retried": "1"}
    assert 'data-send-again="3"' in busy.content.decode()
    assert "script-src 'self'" in busy.headers["Content-Security-Policy"], "or its script would not send it"
    held()
    assert editor.post(change_url(question), sent).status_code == 302
    assert Question.objects.get().question == "New words?"


def test_it_is_sent_again_by_itself_only_once(held, editor, question, typed):
    busy = editor.post(change_url(question), typed | {"retried": "1"})
    assert busy.status_code == 503
    assert "data-send-again" not in busy.content.decode()
    assert fields_of(busy)["question"] == "New words?"


@pytest.mark.parametrize("page", ["preview", "preflight", "autosave"])
def test_what_reads_the_unsaved_form_waits_for_its_turn(page, held, editor, question, typed):
    address = reverse(f"admin:faq_question_{page}", args=[question.pk])
    assert editor.post(address, typed).status_code == 503
    assert editor.get(change_url(question)).status_code == 200
    assert Question.objects.get().question == "Old words?"


def test_a_file_has_to_be_chosen_again(held, editor):
    file = SimpleUploadedFile('a "drawing".svg', b"<svg/>")
    busy = editor.post(reverse("admin:publishing_image_add"), {"alt": TYPED, "file": file})
    page = busy.content.decode()
    assert (busy.status_code, fields_of(busy)["alt"]) == (503, TYPED)
    assert "Choose a &quot;drawing&quot;.svg again" in page
    assert "data-send-again" not in page
    assert editor.post(reverse("admin:articles_article_import_file"), {"file": BytesIO(b"x")}).status_code == 503
    assert not Image.objects.exists()


@pytest.mark.parametrize("name", ["publishing_image_upload", "publishing_paste"])
def test_scripts_get_a_sentence(name, held, editor):
    sent = {"html": "<p>x</p>"}
    busy = editor.post(reverse(f"admin:{name}"), sent, "application/json", headers={"Accept": "application/json"})
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "3")
    assert busy.json()["problem"].startswith("The site is busy")
