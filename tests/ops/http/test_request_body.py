"""Bodies of requests have a limit of size, and only a few are read at once. Stage: test."""

import threading
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client

from ops.http import request_body
from ops.http.request_body import MOST_ANONYMOUS_BYTES, RequestBodyMiddleware
from tests import factories

pytestmark = pytest.mark.django_db
FORM = {"content_type": "application/x-www-form-urlencoded"}


class Unread(BytesIO):
    def read(self, *size):
        raise AssertionError("It was read.")


class Gone(BytesIO):
    def read(self, *size):
        raise OSError("gone")


def post(path, body, length, client=None):
    return (client or Client()).generic("POST", path, **FORM, **{"wsgi.input": body, "CONTENT_LENGTH": str(length)})


def test_more_slow_bodies_at_once_than_may_are_refused(monkeypatch):
    monkeypatch.setattr(request_body, "WAIT_SECONDS", 0)
    monkeypatch.setattr(request_body, "_places", threading.BoundedSemaphore(1))
    request_body._places.acquire()
    response = post("/contact/", Unread(), 50)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert "was not saved" in response.content.decode()
    problem = post("/api/v1/check/", Unread(), 50)
    assert (problem.status_code, problem.headers["Content-Type"]) == (503, "application/problem+json")


@pytest.mark.parametrize("body", [BytesIO(b"name=a"), Gone()], ids=["breaks off", "gone"])
def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one_and_gives_its_place_back(body):
    for _ in range(2 * request_body.MOST_AT_ONCE):
        body.seek(0)
        assert post("/contact/", body, 50).status_code == 400


@pytest.mark.parametrize("path", ["/contact/", "/api/v1/check/", "/admin/login/"])
def test_what_is_too_long_is_refused_unread(path):
    response = post(path, Unread(), MOST_ANONYMOUS_BYTES + 1)
    assert response.status_code == 413
    assert "more than 1,000,000 bytes" in response.content.decode()


def test_staff_may_upload_more(admin_page):
    sent = b"writer=1&text=" + b"a" * MOST_ANONYMOUS_BYTES
    path = "/admin/articles/article/add/autosave/"
    assert post(path, BytesIO(sent), len(sent), admin_page).status_code in {400, 409}, "It was read."
    assert post(path, BytesIO(sent), len(sent)).status_code == 413


def test_nothing_waits_for_the_body_of_a_request_that_reads():
    response = Client().generic("GET", "/contact/", **{"wsgi.input": Unread(), "CONTENT_LENGTH": "50"})
    assert response.status_code == 200


def test_a_view_finds_the_body_read(rf):
    request = rf.post("/contact/", b"a=b", **FORM)
    request.user = factories.user()
    response = RequestBodyMiddleware(lambda request: HttpResponse(request.POST["a"] + request.body.decode()))(request)
    assert response.content == b"ba=b"
