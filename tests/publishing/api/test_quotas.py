import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import time_machine

from ops.limits import counter_store
from publishing.api import quotas
from tests.publishing.api.partners import issued, sent

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("frozen_clock")]
URL = "/api/v1/"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MANY = 30


@pytest.fixture(autouse=True)
def small_quotas(settings):
    settings.API_QUOTA_ADDRESS, settings.API_QUOTA_KEY, settings.API_QUOTA_SECONDS = 3, 5, 60


@pytest.fixture(params=["file", "cache"] if os.environ.get("CACHE_URL") else ["file"])
def store(request, settings):
    settings.CACHE_URL = settings.CACHE_URL if request.param == "cache" else ""


def statuses(client, number, address="192.0.2.1", **kwargs) -> list[int]:
    return [client.get(URL, REMOTE_ADDR=address, **kwargs).status_code for _ in range(number)]


@time_machine.travel(NOW, tick=False)
def test_a_quota_is_used_up_and_said_in_every_answer(store, client):
    for left in (2, 1, 0):
        response = client.get(URL)
        assert response.status_code == 200
        assert response.headers["RateLimit-Policy"] == '"address";q=3;w=60'
        name, left_field, reset = response.headers["RateLimit"].split(";")
        assert (name, left_field) == ('"address"', f"r={left}")
        assert 1 <= int(reset.removeprefix("t=")) <= 60
    refused = client.get(URL)
    assert refused.status_code == 429
    assert refused.headers["RateLimit"] == f'"address";r=0;{reset}'
    assert refused.headers["Retry-After"] == reset.removeprefix("t=")
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.json()["type"].endswith("/api/#problem-rate-limit-exceeded")
    with time_machine.travel(NOW.timestamp() + int(refused.headers["Retry-After"]), tick=False):
        assert client.get(URL).status_code == 200


def test_every_kind_of_answer_says_what_is_left(store, client):
    for path, status in ((f"{URL}nowhere/", 404), (f"{URL}models/?x=1", 400), (f"{URL}models/none/", 404)):
        response = client.get(path)
        assert response.status_code == status
        assert response.headers["RateLimit"]
    assert client.post(URL, REMOTE_ADDR="192.0.2.2").headers["RateLimit"].startswith('"address";r=2')


def test_what_has_not_changed_is_free(store, client):
    etag = client.get(URL).headers["ETag"]
    for _ in range(5):
        response = client.get(URL, headers={"If-None-Match": etag})
        assert response.status_code == 304
        assert response.headers["RateLimit"].startswith('"address";r=2;')
    assert statuses(client, 3, "127.0.0.1") == [200, 200, 429]
    assert client.get(URL, headers={"If-None-Match": etag}).status_code == 429


def test_one_asker_does_not_use_up_the_quota_of_another(store, client):
    assert statuses(client, 4) == [200, 200, 200, 429]
    assert statuses(client, 1, "192.0.2.2") == [200]


def test_a_key_has_a_quota_of_its_own_and_a_partner_only_one(store, client):
    key, first = issued()
    _, second = issued(partner=key.partner)
    _, other = issued()
    assert statuses(client, 3) == [200] * 3
    for text in (first, second):
        response = client.get(URL, headers=sent(text), REMOTE_ADDR="192.0.2.1")
        assert response.headers["RateLimit-Policy"] == '"key";q=5;w=60'
    assert statuses(client, 4, headers=sent(first)) == [200, 200, 200, 429]
    assert statuses(client, 1, headers=sent(second)) == [429]
    assert statuses(client, 1, headers=sent(other)) == [200]


def test_bad_keys_are_counted_on_the_address_that_tries_them(store, client):
    assert statuses(client, 4, headers=sent("bad")) == [401, 401, 401, 429]
    assert statuses(client, 1) == [429]


@time_machine.travel(NOW, tick=False)
def test_an_expired_key_is_named_although_the_quota_of_the_address_is_used_up(store, client):
    _, expired = issued(expiry_date=NOW - timedelta(days=1))
    guess = expired[:-1] + ("a" if expired[-1] != "a" else "b")
    assert statuses(client, 4, headers=sent(guess)) == [401, 401, 401, 429]
    response = client.get(URL, headers=sent(expired), REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 401
    assert response.json()["type"].endswith("#problem-key-expired")
    assert "expired on 2026-11-23" in response.json()["detail"]
    assert response.headers["RateLimit"].startswith('"address";r=0;')
    assert statuses(client, 1, headers=sent(guess)) == [429]


@time_machine.travel(NOW, tick=False)
def test_requests_with_an_expired_key_are_counted_on_their_address(store, client):
    _, expired = issued(expiry_date=NOW - timedelta(days=1))
    assert statuses(client, 4, headers=sent(expired)) == [401] * 4
    assert statuses(client, 1) == [429]


def test_all_addresses_of_an_ipv6_customer_are_one(store, client):
    assert [statuses(client, 1, f"2001:db8::{number}") for number in range(1, 5)] == [[200], [200], [200], [429]]
    assert statuses(client, 1, "2001:db8:0:1::1") == [200]


def test_a_forged_forwarding_does_not_make_another_asker(store, client):
    found = [statuses(client, 1, headers={"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(4)]
    assert found == [[200], [200], [200], [429]]


def test_behind_a_proxy_of_ours_each_asker_is_counted(store, client, settings):
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.1/32")]
    for number in range(4):
        assert statuses(client, 1, headers={"X-Forwarded-For": f"198.51.100.{number}"}) == [200]
    # Entries that the client wrote before the proxy's own one are not trusted.
    found = [statuses(client, 1, headers={"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.9"}) for n in range(4)]
    assert found == [[200], [200], [200], [429]]


def test_without_a_quota_nothing_is_counted(client, settings):
    settings.API_QUOTA_ADDRESS = 0
    assert statuses(client, 10) == [200] * 10
    assert not client.get(URL).has_header("RateLimit")


def test_pages_are_not_counted(client):
    assert [client.get("/api/").status_code for _ in range(5)] == [200] * 5


def test_many_at_once_get_no_more_than_the_quota(store):
    start, passed = threading.Barrier(MANY), []

    def ask():
        start.wait()
        passed.append(quotas.take("address", "192.0.2.1", 10, 3600).is_within)

    threads = [threading.Thread(target=ask) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == MANY
    assert sum(passed) == 10


def test_while_the_cache_is_down_the_machine_counts_by_itself(client, settings, caplog):
    settings.CACHE_URL = "redis://127.0.0.1:1/"
    assert statuses(client, 4) == [200, 200, 200, 429]
    assert "The cache server does not answer" in caplog.text


def test_where_nothing_can_count_everybody_is_answered(client, settings, monkeypatch, tmp_path, caplog):
    settings.CACHE_URL = ""
    monkeypatch.setattr(counter_store, "FILE", str(tmp_path / "missing" / "counts.sqlite3"))
    assert statuses(client, 5) == [200] * 5
    assert "The file of counts does not answer" in caplog.text


def test_counts_of_windows_that_ended_are_thrown_away(client, settings):
    settings.CACHE_URL = ""
    with time_machine.travel(NOW, tick=False):
        statuses(client, 1)
    with time_machine.travel(NOW.timestamp() + 3600, tick=False):
        statuses(client, 1, "192.0.2.2")
    with sqlite3.connect(counter_store.FILE) as file:
        assert file.execute("SELECT count(*) FROM counts").fetchone() == (1,)
