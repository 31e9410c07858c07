import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import QuerySet

from publishing.api.partner import PartnerKey
from tests.publishing.api.partners import issued, sent

pytestmark = pytest.mark.django_db
URL = "/api/v1/models/"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def assert_refused(response, name):
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"{settings.SITE_URL}/api/#problem-{name}"
    assert problem["status"] == 401
    assert problem["request_id"] == response.headers["X-Request-ID"]


def test_a_key_opens_and_only_its_hash_is_stored(client):
    key, text = issued()
    assert client.get(URL, headers=sent(text)).status_code == 200
    stored = PartnerKey.objects.filter(pk=key.pk).values().get()
    assert not [value for value in stored.values() if text.split(".")[1] in str(value)]


@pytest.mark.parametrize(
    "text",
    ["", "x", "a.b", "x" * 8 + "." + "y" * 32, "x" * 8 + "." + "y" * 31 + "\x00", "é" * 41, "x" * 10_000, "a b"],
)
def test_what_is_no_key_is_refused(text, client):
    issued()
    assert_refused(client.get(URL, headers=sent(text)), "key-invalid")


def test_the_right_beginning_is_not_enough(client):
    _, text = issued()
    assert_refused(client.get(URL, headers=sent(text[:-1] + ("a" if text[-1] != "a" else "b"))), "key-invalid")


def test_a_revoked_key_opens_no_more_and_is_not_brought_back(client):
    key, text = issued()
    key.revoked = True
    key.save()
    assert_refused(client.get(URL, headers=sent(text)), "key-invalid")
    key = PartnerKey.objects.get(pk=key.pk)
    key.revoked = False
    with pytest.raises(ValidationError):
        key.save()


def test_an_expired_key_says_so(client):
    _, text = issued(expiry_date=NOW)
    with time_machine.travel(NOW - timedelta(seconds=1), tick=False):
        assert client.get(URL, headers=sent(text)).status_code == 200
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        response = client.get(URL, headers=sent(text))
    assert_refused(response, "key-expired")
    assert "2026-11-24" in response.json()["detail"]


@pytest.mark.parametrize(
    "form", ["{}", "Basic {}", "Token {}", "Api-Key {}", "Api-Key: {}", "Bearer: {}", "Bearer", ""]
)
def test_a_key_in_another_form_is_refused_and_told_how(form, client):
    _, text = issued()
    response = client.get(URL, headers={"Authorization": form.format(text)})
    assert_refused(response, "key-invalid")
    assert form == "Bearer" or "“Authorization: Bearer KEY”" in response.json()["detail"]


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_in_either_case(scheme, client, settings):
    settings.API_QUOTA_KEY = 10
    _, text = issued()
    response = client.get(URL, headers={"Authorization": f"{scheme} {text}"})
    assert (response.status_code, response.headers["RateLimit-Policy"].split(";")[0]) == (200, '"key"')


@pytest.mark.parametrize("path", ["/api/v1/nowhere/", "/api/v1/", "/api/v1/openapi.json", "/api/v9/"])
def test_a_bad_key_is_refused_at_every_address_of_the_api(path, client):
    assert_refused(client.get(path, headers=sent("bad")), "key-invalid")


def test_pages_do_not_look_at_keys(client):
    assert client.get("/api/", headers=sent("bad")).status_code == 200


def test_the_last_use_is_written_once_a_minute(client, django_assert_num_queries):
    key, text = issued()

    def used_at(moment):
        with time_machine.travel(moment, tick=False):
            client.get("/api/v1/openapi.json", headers=sent(text))
        return PartnerKey.objects.get(pk=key.pk).last_used_at

    assert used_at(NOW) == NOW
    assert used_at(NOW + timedelta(seconds=59)) == NOW
    assert used_at(NOW + timedelta(seconds=60)) == NOW + timedelta(seconds=60)
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False), django_assert_num_queries(1):
        client.get("/api/v1/openapi.json", headers=sent(text))


def test_an_answer_is_given_although_the_last_use_cannot_be_written(client, monkeypatch, caplog):
    _, text = issued()

    def refuse(self, **changes):
        raise DatabaseError("read-only")

    monkeypatch.setattr(QuerySet, "update", refuse)
    with caplog.at_level(logging.WARNING):
        assert client.get("/api/v1/openapi.json", headers=sent(text)).status_code == 200
    assert "could not be noted" in caplog.text


def test_no_log_line_has_the_key(client, caplog):
    key, text = issued()
    with caplog.at_level(logging.DEBUG):
        client.get(URL, headers=sent(text))
        key.revoked = True
        key.save()
        client.get(URL, headers=sent(text))
        client.get("/api/v1/nowhere/", headers=sent(text))
    assert text not in caplog.text
    assert text.split(".")[1] not in caplog.text


def test_what_a_key_is_answered_is_for_no_shared_cache(client):
    _, text = issued()
    open_, private = client.get(URL), client.get(URL, headers=sent(text))
    assert open_.headers["Cache-Control"].startswith("public")
    assert "public" not in private.headers["Cache-Control"]
    assert "private" in private.headers["Cache-Control"]
    for response in (open_, private, client.get(URL, headers=sent("bad"))):
        assert "Authorization" in response.headers["Vary"]
    again = client.get(URL, headers={**sent(text), "If-None-Match": private.headers["ETag"]})
    assert again.status_code == 304
    assert "private" in again.headers["Cache-Control"]
