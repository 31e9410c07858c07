"""A cache server that stops, hangs and comes back: limits are counted in the file meanwhile."""

import time

import pytest

from ops.limits import counter_store
from ops.limits.rate_limits import once_a_day, within_limit
from publishing.api import quotas
from tests import factories
from tests.ops.redis_server import RedisServer, redis_server  # noqa: F401
from tests.waiting import wait_until

pytestmark = pytest.mark.database

PAUSE = 0.3


@pytest.fixture
def server(redis_server, settings, monkeypatch, tmp_path) -> RedisServer:  # noqa: F811
    """The site uses this server; pauses after errors are short."""
    monkeypatch.setattr(counter_store, "PAUSE_SECONDS", PAUSE)
    settings.DATA_DIR, settings.CACHE_URL = tmp_path, redis_server.url
    return redis_server


def used() -> int:
    return counter_store.take("count", 1_000_000, 3600)


def test_a_stopped_server_is_told_of_once_and_used_again_by_itself(server, caplog):
    assert [used(), used()] == [1, 2]
    server.stop()
    assert [used() for _ in range(3)] == [1, 2, 3]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    server.start()
    wait_until(lambda: used() == 1)  # this server stores no data on its disk
    assert "The cache server answers again" in caplog.text


def test_what_is_given_back_after_a_restart_is_no_use_less_than_none(server):
    used()
    server.stop()
    server.start()
    counter_store.give_back("count")
    assert used() == 1


def test_a_restart_of_the_server_costs_no_answer(server, caplog):
    used()
    server.stop()
    server.start()
    assert used() == 1
    assert not caplog.records


def test_a_server_that_hangs_is_waited_for_once_in_a_pause(server, monkeypatch):
    monkeypatch.setattr(counter_store, "TIMEOUT_SECONDS", 0.2)
    used()
    server.hang()
    begun = time.monotonic()
    asked = 0
    while time.monotonic() < begun + 2:
        used()
        asked += 1
        time.sleep(0.001)
    assert asked > 50  # if each request waited, it would be ten
    server.hang(False)
    wait_until(lambda: used() < asked)  # not counted in the file, whose count is `asked`


def test_a_server_without_room_is_away_too(server, caplog):
    counter_store.client_of(server.url).config_set("maxmemory", 1)
    assert used() == 1
    assert "does not answer (OutOfMemoryError)" in caplog.text


def test_limits_and_quotas_are_counted_in_the_file_without_the_server(server, caplog):
    server.stop()
    assert [within_limit("enquiries", "192.0.2.1", 1) for _ in range(2)] == [True, False]
    for expected in (True, False):
        with once_a_day("vote on 1", "192.0.2.1") as is_first:
            assert is_first is expected
    passed = [quotas.take("address", "192.0.2.1", 2, 3600).is_within for _ in range(3)]
    assert passed == [True, True, False]
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
