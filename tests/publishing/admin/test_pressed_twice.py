"""A button that is pressed twice, or whose request is sent again, creates one record; the next opening another."""

import re
import threading
from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from articles.models import Article
from publishing.images.models import Image
from publishing.revisions.models import Revision
from tests import factories
from tests.publishing.content.test_permissions import change_url

pytestmark = pytest.mark.database

LIST = "/admin/articles/article/"
_FORM_SESSION = re.compile(r'<input type="hidden" name="form_session" value="(\w+)"')
PIXELS = b64encode(factories.picture_file().read()).decode()
PAGE = f'<h1>A plan</h1><p>Words</p><img src="data:image/png;base64,{PIXELS}" alt="A dot">'.encode()


@pytest.fixture
def text(db):
    return factories.article(title="A text")


@pytest.fixture
def editor(client, db):
    person = factories.user("Editor")
    client.force_login(person)
    return person


def form_session_in(html: str, form: str) -> str:
    """Return the form's opening number in `html`; `form` is the end of the address to which it is sent."""
    return _FORM_SESSION.search(html[html.index(form) :])[1]


def ways(client, text) -> dict:
    """Return for each form that creates a draft a function that sends it, always for the same opening."""

    def duplicate():
        page = client.get(change_url(text)).content.decode()
        sent = {"form_session": form_session_in(page, f"{text.pk}/duplicate/")}
        return lambda client: client.post(f"{LIST}{text.pk}/duplicate/", sent)

    def import_file():
        page = client.get(f"{LIST}import/").content.decode()
        sent = {"form_session": form_session_in(page, "multipart/form-data")}
        return lambda client: client.post(f"{LIST}import/", sent | {"file": SimpleUploadedFile("plan.html", PAGE)})

    return {"duplicate": duplicate, "import_file": import_file}


@pytest.mark.parametrize("way", ["duplicate", "import_file"])
def test_one_opening_of_a_form_makes_one_draft(client, editor, text, way):
    opened = ways(client, text)[way]
    before = Article.objects.count()
    send = opened()
    first, second = send(client), send(client)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Article.objects.count() == before + 1
    assert Image.objects.count() == (way == "import_file")
    opened()(client)
    assert Article.objects.count() == before + 2
    assert Revision.objects.head(Article.objects.latest("pk")).author == editor


def test_openings_of_two_people_are_two(client, editor, text):
    send = ways(client, text)["duplicate"]()
    before = Article.objects.count()
    send(client)
    other = Client()
    other.force_login(factories.user("Editor"))
    send(other)
    assert Article.objects.count() == before + 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["duplicate", "import_file"])
def test_presses_at_the_same_time_make_one_draft(client, way):
    text = factories.article(title="A text")
    client.force_login(factories.administrator())
    before = Article.objects.count()
    send = ways(client, text)[way]()
    begin = threading.Barrier(3)
    statuses = []

    def press():
        own = Client()
        own.cookies.update(client.cookies)
        begin.wait(10)
        statuses.append(send(own).status_code)
        connection.close()

    presses = [threading.Thread(target=press) for _ in range(3)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(60)
    assert statuses == [302, 302, 302]
    assert Article.objects.count() == before + 1
