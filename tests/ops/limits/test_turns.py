"""Costly requests take turns, and one that would wait too long is asked to come again. Stage: test."""

import threading
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ops.http.outage import OutageFilter
from ops.limits import turns
from ops.limits.turns import BusyError, page_turn, turn
from ops.page_cache.decorator import cacheable, only_page_parameter
from tests import factories
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db
# One of each kind of address that anybody can vary.
COSTLY = (
    *(
        "/search/?q=gpt",
        "/search/suggest/?q=gpt",
        "/catalog/suggest/?q=gpt",
        "/catalog/?q=gpt",
        "/catalog/models.csv?q=gpt",
    ),
    *("/catalog/compare/?m=a&m=b", "/catalog/cost/?m=a", "/catalog/check/?models=a", "/catalog/charts/?vendor=a"),
    *("/catalog/retiring/?model=a", "/articles/?x=1", "/faq/?x=1", "/?x=1"),
)


@pytest.fixture
def held(monkeypatch):
    """Other threads have the turns until this is called, and those who wait for them give up at once."""
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(turns, "STAFF_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(turns, "_logged_at", -turns.LOG_SECONDS)
    done, holders = threading.Event(), []
    for is_staff in (False, True):
        taken = threading.Event()

        def hold(is_staff=is_staff, taken=taken):
            with turn(is_staff=is_staff):
                taken.set()
                done.wait()

        holders.append(threading.Thread(target=hold))
        holders[-1].start()
        taken.wait()

    def end():
        done.set()
        for holder in holders:
            holder.join()

    yield end
    end()


def test_turns_of_a_process_do_not_overlap_and_may_be_nested():
    inside, most = [], []

    def work():
        with turn(), turn():
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(turns.READERS_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * turns.READERS_AT_ONCE


def test_one_who_has_the_turn_needs_no_place_for_a_second():
    with turn():
        places = [turns._places[False].acquire(blocking=False) for _ in range(turns.READERS_AT_ONCE)]
        with turn():
            assert refusal_elsewhere() == "refused"
        for _ in filter(None, places):
            turns._places[False].release()
    assert refusal_elsewhere() == "a turn"


def refusal_elsewhere(*, is_staff=False) -> str:
    got = []
    thread = threading.Thread(target=lambda: got.append(refusal(is_staff=is_staff)))
    thread.start()
    thread.join()
    return got[0]


def test_no_more_wait_than_may_and_all_who_wait_get_their_turn(monkeypatch):
    got, threads = [], []

    def work():
        with turn():
            got.append(1)

    with turn():
        threads = [threading.Thread(target=work) for _ in range(turns.READERS_AT_ONCE - 1)]
        for thread in threads:
            thread.start()
        wait_until(lambda: turns._places[False]._value == 0)
        refused = threading.Thread(target=lambda: got.append(refusal()))
        refused.start()
        refused.join()
        assert got == ["refused"]
    for thread in threads:
        thread.join()
    assert got == ["refused", *[1] * (turns.READERS_AT_ONCE - 1)]
    assert turns._places[False]._value == turns.READERS_AT_ONCE


def test_readers_keep_nobody_of_staff_waiting_and_staff_no_reader():
    with turn():
        assert refusal_elsewhere(is_staff=True) == "a turn"
    with turn(is_staff=True):
        assert refusal_elsewhere() == "a turn"
        assert turns._places[True]._value == turns.STAFF_AT_ONCE - 1


def test_of_staff_too_one_computes_and_some_wait(monkeypatch):
    monkeypatch.setattr(turns, "STAFF_WAIT_SECONDS", 0.01)
    with turn(is_staff=True):
        assert refusal_elsewhere(is_staff=True) == "refused"
    assert refusal_elsewhere(is_staff=True) == "a turn"


def test_pages_for_the_cache_are_made_one_at_a_time_but_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.01)
    made = []

    def make():
        with page_turn():
            made.append(turns._pages_turn.locked())

    with page_turn():
        other = threading.Thread(target=make)
        other.start()
        other.join()
        assert made == [True]
        assert turns._pages_turn.locked()  # one that did not get the turn does not give it away
    assert not turns._pages_turn.locked()
    with pytest.raises(ZeroDivisionError), page_turn():
        raise ZeroDivisionError
    assert not turns._pages_turn.locked()


def refusal(*, is_staff=False) -> str:
    try:
        with turn(is_staff=is_staff):
            return "a turn"
    except BusyError:
        return "refused"


def test_refusals_are_logged_once_in_a_while(held, caplog):
    for path in ("/search/?q=a", "/search/?q=b"):
        Client().get(path)
    logged = [record.getMessage() for record in caplog.records if OutageFilter().filter(record)]
    assert logged == [turns.BUSY]


@pytest.mark.parametrize("path", COSTLY)
def test_each_costly_address_waits_for_its_turn_and_says_when_to_come_again(held, client, path):
    response = client.get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert response.headers["Cache-Control"] == "no-store"
    assert "busy" in response.content.decode()


def test_a_page_reloads_once_by_itself_and_keeps_what_was_asked(held, client):
    response = client.get("/search/?q=a%26b+%C3%A9")
    assert response.headers["Refresh"] == "3; url=/search/?q=a%26b+%C3%A9&retried=1"
    assert "reloads by itself once" in response.content.decode()
    again = client.get(response.headers["Refresh"].partition("url=")[2])
    assert (again.status_code, again.has_header("Refresh")) == (503, False)


def test_an_address_cannot_make_the_page_go_elsewhere(held, client):
    for path in ("//evil.example/?x=1", "/search/?q=1;url=//evil.example"):
        refresh = client.get(path).headers["Refresh"]
        assert refresh.startswith("3; url=/")
        assert not refresh.startswith("3; url=//")


def test_pages_that_are_cached_and_forms_do_not_wait(held, client):
    question = factories.question()
    for path in ("/", "/faq/", question.get_absolute_url(), "/contact/", "/catalog/", "/api/v1/models/"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("path", ["/search/?q=gpt", "/api/v1/export/"])
def test_head_is_never_refused(held, client, path):
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")


def test_the_export_waits_only_while_it_has_to_be_made(client, request):
    assert client.get("/api/v1/export/").status_code == 200
    request.getfixturevalue("held")
    assert client.get("/api/v1/export/").status_code == 200
    assert client.head("/api/v1/export/").headers["Content-Length"]
    busy = client.get("/api/v1/export/?types=vendor")
    assert (busy.status_code, busy.headers["Retry-After"], busy.json()["status"]) == (503, "3", 503)


def test_only_a_query_that_is_not_cached_takes_a_turn(held, rf):
    view = cacheable(only_page_parameter)(lambda request: HttpResponse("made"))
    assert view(rf.get("/")).content == view(rf.get("/?page=2")).content == b"made"
    with pytest.raises(BusyError):
        view(rf.get("/?page=2&x=1"))


def test_a_check_keeps_its_text_and_is_sent_once_more(held, client):

    def send(**values):
        kind = "application/x-www-form-urlencoded"
        return client.post(reverse("catalog:check"), urlencode(values), kind, headers={"Origin": "http://testserver"})

    response = send(text="model: <gpt-4>")
    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert "model: &lt;gpt-4&gt;</textarea>" in page
    assert 'data-send-again="3"' in page
    assert "send-again" in page
    assert not response.has_header("Refresh")
    again = send(text="gpt-4", retried="1").content.decode()
    assert "gpt-4</textarea>" in again
    assert "send-again" not in again


def test_a_check_by_a_program_is_told_when_to_come_again(held):
    response = Client().post("/api/v1/check/", "gpt-4", content_type="text/plain")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert response.headers["Content-Type"] == "application/problem+json"
