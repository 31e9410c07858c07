"""Programs in browsers on other sites may read what is public, and nothing else."""

import pytest
from django.urls import reverse

from tests import factories
from tests.publishing.api.partners import issued, sent

pytestmark = pytest.mark.django_db
ELSEWHERE = {"Origin": "https://elsewhere.example"}
PREFLIGHT = {
    **ELSEWHERE,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization, if-none-match",
}
PUBLIC = [
    *("/api/v1/", "/api/v1/models/", "/api/v1/changes/", "/api/v1/export/", "/api/v1/manifest/"),
    *("/api/v1/openapi.json", "/partners/partners.md", "/llms.txt"),
    *("/articles/feed.atom", "/catalog/retiring/calendar.ics", "/catalog/changes/feed.json", "/catalog/models.csv"),
]


def words_of(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


def assert_readable(response):
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    readable = words_of(response.headers["Access-Control-Expose-Headers"])
    assert {"etag", "link", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"} <= readable
    assert "origin" not in words_of(response.headers.get("Vary", ""))


@pytest.mark.parametrize("path", PUBLIC)
def test_public_responses_are_readable_elsewhere_unchanged_ones_too(path, client):
    whole = client.get(path, headers=ELSEWHERE)
    assert whole.status_code == 200
    assert_readable(whole)
    assert_readable(client.head(path, headers=ELSEWHERE))
    unchanged = client.get(path, headers={**ELSEWHERE, "If-None-Match": whole.headers["ETag"]})
    assert unchanged.status_code == 304
    assert_readable(unchanged)


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/models/", "/api/v1/check/", "/articles/feed.json"])
def test_a_preflight_names_headers_and_methods_and_costs_no_quota(path, client, settings):
    settings.API_QUOTA_ADDRESS = 1
    for _ in range(3):
        response = client.options(path, headers=PREFLIGHT)
        assert (response.status_code, response.content) == (204, b"")
        assert_readable(response)
        assert "RateLimit" not in response.headers
        assert {"get", "head"} <= words_of(response.headers["Access-Control-Allow-Methods"])
        allowed = words_of(response.headers["Access-Control-Allow-Headers"])
        assert {"authorization", "if-none-match", "content-type"} <= allowed
    assert client.get("/api/v1/").status_code == 200


def test_errors_are_readable_elsewhere(client, settings):
    factories.article(slug="old")
    for path, headers, status in [
        ("/api/v1/models/none/", {}, 404),
        ("/api/v1/nowhere/", {}, 404),
        ("/api/v1/models/?x=1", {}, 400),
        ("/api/v1/", sent("bad"), 401),
        ("/api/v1/", {"Accept": "application/xml"}, 406),
        ("/api/v1/", {"If-Match": '"other"'}, 412),
        ("/articles/none.md", {}, 404),
    ]:
        response = client.get(path, headers={**ELSEWHERE, **headers})
        assert response.status_code == status
        assert_readable(response)
    settings.API_QUOTA_ADDRESS = 1
    responses = [client.get("/api/v1/", headers=ELSEWHERE, REMOTE_ADDR="192.0.2.77") for _ in range(2)]
    assert responses[1].status_code == 429
    assert_readable(responses[1])


def test_a_key_may_be_sent_from_elsewhere(client):
    _, text = issued()
    response = client.get("/api/v1/", headers={**ELSEWHERE, **sent(text)})
    assert response.status_code == 200
    assert_readable(response)


def test_a_check_can_be_asked_for_from_elsewhere(client):
    response = client.post("/api/v1/check/", "gpt-4o", content_type="text/plain", headers=ELSEWHERE)
    assert response.status_code == 200
    assert_readable(response)


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/contact/", "/search/", "/preview/x/"])
def test_pages_and_the_admin_are_not_readable_elsewhere(path, client):
    for response in (client.get(path, headers=ELSEWHERE), client.options(path, headers=PREFLIGHT)):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_the_secret_calendar_of_an_editor_is_not_readable_elsewhere(client):
    response = client.get(reverse("admin_calendar", args=["x"]), headers=ELSEWHERE)
    assert "Access-Control-Allow-Origin" not in response.headers
