import logging
import re

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.exceptions import Throttled, ValidationError

from config import urls as site
from ops.http.errors import Gone
from tests import factories

handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500
EXCEPTIONS = {
    "bad": BadRequest("page is not a number."),
    "suspicious": SuspiciousOperation("odd"),
    "denied": PermissionDenied("secret reason"),
    "missing": Http404("secret reason"),
    "gone": Gone(),
    "broken": RuntimeError("secret reason"),
    "wait": Throttled(wait=30),
    "invalid": ValidationError({"limit": ["Too large."]}),
}


def page(request, name):
    raise EXCEPTIONS[name]


@api_view(["GET"])
def endpoint(request, name):
    raise EXCEPTIONS[name]


urlpatterns = [
    path("test/<str:name>/", page),
    path("api/v1/test/<str:name>/", endpoint),
    path("api/v1/plain/<str:name>/", page),
    *site.urlpatterns,
]


@pytest.fixture(autouse=True)
def quiet_logs():
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def reader(client, settings, db):
    """A client of a site that has broken views beside its own. Exceptions become responses, as on the real server."""
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    return client


STATUS = {"bad": 400, "suspicious": 400, "denied": 403, "missing": 404, "gone": 410, "broken": 500}


@pytest.mark.parametrize("name", STATUS)
def test_error_on_a_page_is_a_page(reader, name):
    response = reader.get(f"/test/{name}/")
    text = response.content.decode()
    assert response.status_code == STATUS[name]
    assert response.headers["Content-Type"].startswith("text/html")
    assert "<h1" in text
    assert response.headers["X-Request-ID"] in text
    assert "secret reason" not in text


@pytest.mark.parametrize("folder", ["test", "plain"])
@pytest.mark.parametrize("name", STATUS)
def test_error_in_the_api_is_a_problem_document(reader, folder, name):
    response = reader.get(f"/api/v1/{folder}/{name}/")
    assert_problem(response, STATUS[name], f"/api/v1/{folder}/{name}/")
    assert b"secret reason" not in response.content


def assert_problem(response, status, instance):
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == "about:blank"
    assert body["status"] == status
    assert body["instance"] == instance
    assert body["title"]
    assert body["detail"].endswith(".")
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body


def test_wrong_parameters_are_named(reader):
    body = assert_problem(reader.get("/api/v1/test/invalid/"), 400, "/api/v1/test/invalid/")
    assert body["errors"] == {"limit": ["Too large."]}


def test_when_to_come_again_is_said_in_the_header_too(reader):
    response = reader.get("/api/v1/test/wait/")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing/", "/api/v1/articles/nothing/", "/api/v9/", "/api/v1/articles/%00/"]
)
def test_unknown_address_in_the_api_is_a_problem_document(reader, address):
    response = reader.get(address)
    assert_problem(response, 404, address)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/articles/", "/api/v1/openapi.json"])
def test_writing_to_the_api_is_a_problem_document_that_says_what_is_allowed(reader, method, address):
    response = getattr(reader, method)(address, data="{", content_type="application/json")
    assert_problem(response, 405, address)
    assert "GET" in response.headers["Allow"]


def test_writing_to_the_api_needs_no_form_token_to_be_told_no(db):
    response = Client(enforce_csrf_checks=True).post("/api/v1/articles/")
    assert_problem(response, 405, "/api/v1/articles/")


@pytest.mark.parametrize(
    "accept", ["application/xml", "text/html", "*/*", "", ";;;", "a/b; q=nonsense", "\x00", "x" * 9000]
)
def test_any_accept_header_gets_json_or_a_problem_document(reader, accept):
    response = reader.get("/api/v1/articles/", headers={"Accept": accept})
    assert response.status_code in {200, 400, 406}
    assert response.headers["Content-Type"] in {"application/json", "application/problem+json"}
    response.json()


def test_foreign_host_is_refused_in_words(reader):
    response = reader.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert b"<h1" in response.content
    assert b"evil.example" not in response.content
    assert_problem(reader.get("/api/v1/articles/", headers={"Host": "evil.example"}), 400, "/api/v1/articles/")


def test_form_without_its_token_is_refused_in_words(db):
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()
    assert "CSRF" not in response.content.decode()


def test_page_that_broke_is_kept_by_nobody(reader):
    assert reader.get("/test/broken/").headers["Cache-Control"] == "no-store"
    assert reader.get("/api/v1/test/broken/").headers["Cache-Control"] == "no-store"


def test_error_pages_need_no_database(reader, django_assert_num_queries):
    for name in ("bad", "denied", "gone", "broken"):
        with django_assert_num_queries(0):
            reader.get(f"/test/{name}/")


@pytest.mark.parametrize("given", ["abcdefgh", "Trace-1.2_3-" + "x" * 40])
def test_number_of_a_request_is_taken_from_the_proxy(reader, given):
    assert reader.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["short", "x" * 65, "<script>alert(1)</script>", "a b c d e f g h", "ünïcödé-id"])
def test_number_of_a_request_that_could_do_harm_is_replaced(reader, given):
    number = reader.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert number != given
    assert len(number) == 16


def test_retired_record_is_gone_as_a_page_and_in_the_api(reader):
    article = factories.article()
    article.state = "archived"
    article.save()
    assert b"Page removed" in reader.get(article.get_absolute_url()).content
    address = f"/api/v1/articles/{article.slug}/"
    assert_problem(reader.get(address), 410, address)


def test_a_page_that_is_not_found_offers_a_search_for_the_words_of_its_address(client, db):
    page = client.get("/articles/what-a-token-cost/").content.decode()
    assert re.search('<input[^>]*name="q" value="what a token cost"', page)
