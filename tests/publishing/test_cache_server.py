"""A cache server that stops, hangs and comes back; what needs no cache goes on meanwhile."""

import time

import pytest
from django.core.cache import caches

from publishing import cache_server
from publishing.api import quotas
from publishing.limits import once_a_day, within_limit
from tests import factories
from tests.publishing.redis_server import RedisServer, redis_server  # noqa: F401

pytestmark = pytest.mark.database

PAUSE = 0.3


@pytest.fixture
def server(redis_server, settings, monkeypatch, tmp_path) -> RedisServer:  # noqa: F811
    """The site uses this server; a pause is short."""
    monkeypatch.setattr(cache_server, "PAUSE_SECONDS", PAUSE)
    settings.DATA_DIR, settings.CACHE_URL = tmp_path, redis_server.url
    options = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}
    backend = "publishing.cache_server.ForgetfulRedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": redis_server.url, "OPTIONS": options}}
    return redis_server


def cache():
    return caches["default"]


def test_what_is_stored_is_found_and_counted(server):
    assert cache().get_or_set("value", lambda: [1]) == [1]
    assert cache().get_or_set("value", lambda: [2]) == [1]
    assert cache().add("count", 1)
    assert cache().incr("count") == 2


def test_a_stopped_server_is_an_empty_cache_said_once_and_used_again_by_itself(server, caplog):
    cache().set("value", 1)
    server.stop()
    for _ in range(3):
        assert cache().get("value", "nothing") == "nothing"
        assert cache().get_or_set("value", lambda: 2) == 2
        cache().set("value", 3)
        assert not cache().delete("value")
        with pytest.raises(cache_server.CacheAwayError):
            cache().incr("value")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    server.start()
    time.sleep(PAUSE)
    cache().set("value", 4)
    assert cache().get("value") == 4
    assert "answers again" in caplog.text


def test_a_restart_of_the_server_costs_no_answer(server, caplog):
    cache().set("value", 1)
    server.stop()
    server.start()
    cache().set("value", 2)
    assert cache().get("value") == 2
    assert not caplog.records


def test_a_server_that_hangs_is_waited_for_once_in_a_pause(server):
    cache().set("value", 1)
    server.hang()
    begun = time.monotonic()
    asked = 0
    while time.monotonic() < begun + 2:
        cache().get("value")
        asked += 1
        time.sleep(0.001)
    assert asked > 300  # waiting each time it would be ten
    server.hang(False)
    time.sleep(PAUSE)
    assert cache().get("value") == 1


def test_a_server_without_room_is_away_too(server, caplog):
    cache().set("value", 1)
    cache()._cache.get_client(write=True).config_set("maxmemory", 1)
    cache().set("value", 2)
    assert "does not answer (OutOfMemoryError)" in caplog.text


def test_limits_and_quotas_are_counted_in_the_file_without_the_server(server, caplog):
    server.stop()
    assert [within_limit("enquiries", "192.0.2.1", 1) for _ in range(2)] == [True, False]
    for expected in (True, False):
        with once_a_day("vote on 1", "192.0.2.1") as is_first:
            assert is_first is expected
    quota = quotas.Quota("address", "192.0.2.1", 2, 3600)
    assert [quotas.take(quota).is_within for _ in range(3)] == [True, True, False]
    assert len(caplog.records) == 1


def test_every_kind_of_page_answers_without_the_server(server, db, client, admin_page):
    article = factories.article()
    server.stop()
    paths = ["/", article.get_absolute_url(), "/search/?q=model", "/contact/", "/api/v1/articles/", "/api/v1/manifest/"]
    for path in [*paths, "/admin/", f"/admin/articles/article/{article.pk}/change/"]:
        assert admin_page.get(path).status_code == 200, path
    assert client.post("/admin/logout/").status_code == 200


def test_readiness_tells_of_the_cache_and_goes_on(server, db, client):
    assert client.get("/readyz").json()["cache"] == "ok"
    server.stop()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["cache"] == "does not answer"
