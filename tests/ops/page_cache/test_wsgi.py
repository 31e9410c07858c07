"""The cache in front of Django: the same responses as without it, one rendering for many readers, no private data."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from articles.models import Article, ArticleKind
from catalog.models import AIModel, Modality
from faq.models import Question
from ops.page_cache import expiry
from ops.page_cache import wsgi as serving
from ops.page_cache.content_version import content_version
from ops.page_cache.page import CachedResponse
from publishing.content.miss import Miss
from publishing.content.registry import publishable_models
from publishing.pages.feeds import TYPES
from publishing.site.models import SiteSettings
from tests import factories
from tests.ops.page_cache.conftest import ask
from tests.surfaces import surfaces

pytestmark = pytest.mark.database

PAGE = [
    ("Content-Type", "text/html"),
    ("Cache-Control", "public, max-age=0"),
    ("ETag", '"abc"'),
    ("Vary", "Accept-Encoding"),
    ("Content-Length", "4"),
]
# Headers that differ between two equal responses.
OWN = {"x-request-id"}


@pytest.fixture(autouse=True)
def no_memory_of_moments(monkeypatch):
    monkeypatch.setattr(expiry, "_last", (None, 0.0, 0.0))


class Plain(list):
    """A response of some other application."""

    def close(self):
        pass


def application_that(does):
    def application(environ, start_response):
        body = does(environ)
        start_response("200 OK", PAGE)
        return Plain([body or b"page"])

    return application


@pytest.fixture
def kept_for_long(monkeypatch):
    """Pages expire in an hour; no database is queried."""
    monkeypatch.setattr(serving, "next_moment", lambda number, since: time.time() + 3_600)


@pytest.mark.whole
def test_kept_answers_are_those_of_django_for_every_page_of_the_site(starter_content, cache, store):
    records = [record for model in publishable_models() for record in model.objects.published()[:2]]
    records.append(Article.objects.published().of_kind(ArticleKind.ARTICLE).first())
    django, kept = WSGIHandler(), set()
    for surface in surfaces():
        path = next((path for path in surface.paths(records) if ask(django, path).status == 200), None)
        if path is None:
            continue
        uncached = ask(django, path)
        first, second = ask(cache, path), ask(cache, path, HTTP_HOST="127.0.0.1:1234", HTTP_COOKIE="theme=dark")
        if (path, "") not in store.pages:
            continue
        kept.add(surface.name)
        for answer in (first, second):
            assert answer.status == uncached.status, path
            assert answer.body == uncached.body, path
            assert but_own(answer) == but_own(uncached), path
        compare_encodings(path, cache, uncached)
        assert ask(cache, path, "HEAD").headers.keys() == ask(django, path, "HEAD").headers.keys()
        unchanged = {"HTTP_IF_NONE_MATCH": uncached.headers["etag"]}
        cached_304, own_304 = ask(cache, path, **unchanged), ask(django, path, **unchanged)
        assert cached_304.status == own_304.status == 304
        assert cached_304.body == b""
        # The compression middleware adds no headers to a 304 (RFC 9110 asks for Vary).
        assert but_own(cached_304) == but_own(own_304) | named(cached_304, "vary"), path
    assert {"home", "articles:article", "catalog:model", "catalog:list", "faq:detail", "sitemap", "llms"} <= kept
    never = {"search", "contact", "contact-thanks", "healthz", "readyz", "faq:vote", "faq:thanks"}
    assert not kept & never
    assert not [name for name in kept if name.startswith("api-") and name not in PAGES_OF_THE_API]


PAGES_OF_THE_API = {"api-docs", "api-docs-markdown", *(f"api-changelog-{form}" for form in TYPES)}


def but_own(answer) -> dict:
    return {name: value for name, value in answer.headers.items() if name not in OWN}


def named(answer, name: str) -> dict:
    return {name: answer.headers[name]} if name in answer.headers else {}


def compare_encodings(path, cache, uncached):
    for accepted, read in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        answer = ask(cache, path, HTTP_ACCEPT_ENCODING=accepted)
        if "content-encoding" in answer.headers:
            assert read(answer.body) == uncached.body
            expected = {"content-encoding": accepted, "content-length": str(len(answer.body))}
            expected["etag"] = uncached.headers["etag"][:-1] + f'-{accepted}"'
            assert but_own(answer) == but_own(uncached) | expected
            etag = {"HTTP_IF_NONE_MATCH": answer.headers["etag"]}
            assert ask(cache, path, HTTP_ACCEPT_ENCODING=accepted, **etag).status == 304
            assert ask(cache, path, **etag).status == 200


def test_second_reader_costs_nothing(db, cache, django_assert_num_queries):
    path = factories.question(question="Who?").get_absolute_url()
    first = ask(cache, path)
    with django_assert_num_queries(0):
        second = ask(cache, path)
    assert len(cache.asked) == 1
    assert second.body == first.body
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert ask(cache, path, HTTP_X_REQUEST_ID="given-by-proxy").headers["x-request-id"] == "given-by-proxy"
    head = ask(cache, path, "HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == str(len(first.body))


@pytest.mark.parametrize("path", ["/catalog/models.csv", "/catalog/models.csv?show=checked"])
def test_second_reader_of_a_file_of_models_costs_nothing(db, cache, path, django_assert_num_queries):
    first = ask(cache, path)
    assert "s-maxage" in first.headers["cache-control"]
    with django_assert_num_queries(0):
        assert ask(cache, path).body == first.body
    assert ask(cache, path, HTTP_IF_NONE_MATCH=first.headers["etag"]).status == 304
    assert len(cache.asked) == 1


def test_cached_feeds_are_readable_by_scripts_of_other_sites_unchanged_ones_too(db, cache):
    factories.article()
    first = ask(cache, "/articles/feed.json")
    again = ask(cache, "/articles/feed.json", HTTP_ORIGIN="https://elsewhere.example")
    unchanged = ask(cache, "/articles/feed.json", HTTP_IF_NONE_MATCH=first.headers["etag"])
    assert (again.status, unchanged.status, len(cache.asked)) == (200, 304, 1)
    for answer in (first, again, unchanged):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]


def test_edit_is_seen_by_the_next_request(transactional_db, cache):
    question = factories.question(question="Who?")
    path = question.get_absolute_url()
    assert b"Who?" in ask(cache, path).body
    Question._base_manager.filter(pk=question.pk).update(question="Who else?")
    assert b"Who else?" in ask(cache, path).body
    before = len(cache.asked)
    ask(cache, path)
    assert len(cache.asked) == before


def test_sql_of_another_program_is_seen_within_a_minute(transactional_db, cache):
    question, model = factories.question(question="Who?"), factories.publishable(AIModel, "Alpha")
    paths = {question.get_absolute_url(): b"Who else?", model.get_absolute_url(): b"Omega", "/faq/": b"Who else?"}
    with time_machine.travel("2026-05-01T10:00Z", tick=False) as clock:
        for path in paths:
            assert ask(cache, path).status == 200
        driver = connection.connection  # Django does not see statements of the bare driver
        driver.execute("UPDATE faq_question SET question = 'Who else?'")
        driver.execute("UPDATE catalog_aimodel SET name = 'Omega'")
        clock.shift(60)
        for path, words in paths.items():
            assert words in ask(cache, path).body, path


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": "a=b; session=stolen"},
        {"HTTP_COOKIE": "session = x"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_IF_MATCH": '"abc"'},
        {"CONTENT_LENGTH": "5"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "localhost@evil.example"},
        {"HTTP_HOST": ""},
        {"SCRIPT_NAME": "/other"},
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"method": "HEAD"},
        {"path": "/search/"},
        {"path": "/contact/"},
        {"path": "/healthz"},
        {"path": "/api/v1/"},
        {"path": "/admin/login/"},
        {"path": "/?utm_source=x"},
        {"path": "/?page=2"},
        {"path": "/articles/?page=1"},
        {"path": "/articles/?page=02"},
        {"path": "/articles/?page=2&page=2"},
        {"path": "/articles/?page=%32"},
        {"path": "/catalog/?q=gpt"},
        {"path": "/catalog/?vendor=anything"},
        {"path": "/catalog/models.csv?q=gpt"},
        {"path": "/catalog/models.csv?show=checked&sort=name"},
        {"path": "/no/such/page/"},
        {"path": "/faq/none/"},
    ],
)
def test_what_is_for_one_reader_or_of_any_address_is_never_kept(db, cache, store, environ):
    path = environ.pop("path", "/articles/")
    answer = ask(cache, path, environ.pop("method", "GET"), **environ)
    assert answer.status < 500
    assert not store.pages
    assert len(cache.asked) == 1


def test_hostile_requests_leave_the_page_as_it_was(db, cache, store):
    path = factories.question(question="Who?").get_absolute_url()
    hostile = [
        {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_PORT": "1"},
        {"HTTP_HOST": "localhost:1337"},
        {"HTTP_ACCEPT_ENCODING": "br;q=9, *;q=-1, \0"},
        {"HTTP_ACCEPT": "text/evil", "HTTP_ACCEPT_LANGUAGE": "de", "HTTP_VARY": "*"},
        {"HTTP_COOKIE": "sessio=x; messages=evil; csrf=evil"},
        {"HTTP_IF_NONE_MATCH": '"x'},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_USER_AGENT": "<script>", "HTTP_REFERER": "https://evil.example/"},
        {"HTTP_X_REQUEST_ID": "evil-evil-evil"},
        {"HTTP_X_ORIGINAL_URL": "/admin/", "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    ]
    for environ in hostile:
        store.pages.clear()
        ask(cache, path, **environ)  # the first request fills the cache
        ask(cache, f"{path}?evil={len(cache.asked)}", **environ)
    for environ in hostile * 18:
        ask(cache, path, **environ)
    assert list(store.pages) == [(path, "")]
    uncached = ask(WSGIHandler(), path)
    assert ask(cache, path).body == uncached.body
    assert but_own(ask(cache, path)) == but_own(uncached)


def test_addresses_that_mean_something_are_kept(db, cache, store):
    modality = next(record for record in factories.world() if isinstance(record, Modality))
    for path in ("/catalog/", "/catalog/?show=checked", "/catalog/?sort=name", "/catalog/?show=checked&sort=name"):
        assert ask(cache, path).status == 200
    assert [query for _, query in store.pages] == ["", "show=checked", "sort=name", "show=checked&sort=name"]
    ask(cache, modality.get_absolute_url() + "?side=output")
    assert (modality.get_absolute_url(), "side=output") in store.pages


def test_address_that_leads_nowhere_counts_each_reader_once(db, cache, monkeypatch):
    noted = []
    note = "publishing.pages.redirect_middleware.note_address"
    monkeypatch.setattr(note, lambda request: noted.append(request.headers["User-Agent"]))
    for agent in ("Mozilla/5.0 one", "Mozilla/5.0 two"):
        assert ask(cache, "/faq/none/", HTTP_USER_AGENT=agent).status == 404
    assert noted == ["Mozilla/5.0 one", "Mozilla/5.0 two"]
    assert not Miss.objects.exists()


def test_page_during_which_somebody_wrote_is_made_again_and_kept_only_when_nobody_did(
    in_front_of, store, kept_for_long
):
    def written_meanwhile(environ):
        asked.append(1)
        if len(asked) <= writes:
            content_version.increase()
        return b"page" + str(len(asked)).encode()

    asked, writes = [], 2
    assert ask(in_front_of(application_that(written_meanwhile)), "/").body == b"page3"
    assert len(store.pages) == 1
    store.pages.clear()
    asked.clear()
    writes = 9
    assert ask(in_front_of(application_that(written_meanwhile)), "/").body == b"page3"
    assert not store.pages


def test_kept_page_is_shown_while_django_fails_until_its_own_end(in_front_of, store, monkeypatch):
    def django(environ, start_response):
        asked.append(1)
        start_response("200 OK" if works else "503 Service Unavailable", PAGE)
        return Plain([b"page" if works else b"fail"])

    asked, works = [], True
    cache = in_front_of(django)
    with time_machine.travel("2026-05-01T12:00Z", tick=False) as clock:
        monkeypatch.setattr(serving, "next_moment", lambda number, since: time.time() + 300)
        assert ask(cache, "/").body == b"page"
        works = False
        clock.shift(61)
        assert ask(cache, "/").body == b"page"
        ask(cache, "/")
        assert len(asked) == 2  # tried again, but not for each reader
        clock.shift(6)
        assert ask(cache, "/").body == b"page"
        assert len(asked) == 3
        clock.shift(300)
        assert ask(cache, "/").status == 503


def test_page_is_made_anew_each_second_while_changes_elsewhere_are_not_heard(in_front_of, store, kept_for_long):
    asked = []
    cache = in_front_of(application_that(asked.append))
    with time_machine.travel("2026-05-01T12:00Z", tick=False) as clock:
        cache.listener = type("Listener", (), {"hears": True})
        ask(cache, "/")
        clock.shift(2)
        ask(cache, "/")
        assert len(asked) == 1
        cache.listener.hears = False
        ask(cache, "/")
        assert len(asked) == 2
        cache.listener.hears = True
        clock.shift(61)
        ask(cache, "/")
        assert len(asked) == 3


def test_readers_of_a_page_that_is_being_made_wait_for_it(in_front_of, store, kept_for_long):
    asked, begun, may_end = [], threading.Event(), threading.Event()

    def make(environ):
        asked.append(environ["PATH_INFO"])
        begun.set()
        may_end.wait(10)

    cache = in_front_of(application_that(make))
    with ThreadPoolExecutor(3) as readers:
        answers = [readers.submit(ask, cache, "/")]
        begun.wait(10)
        answers += [readers.submit(ask, cache, "/") for _ in range(2)]
        may_end.set()
    assert [answer.result().body for answer in answers] == [b"page"] * 3
    assert asked == ["/"]


def test_nothing_is_kept_where_there_is_no_number(in_front_of, store, kept_for_long, settings, tmp_path):
    asked = []
    cache = in_front_of(application_that(asked.append))
    settings.DATA_DIR = tmp_path / "missing"
    content_version.looked_at = float("-inf")
    for _ in range(2):
        assert ask(cache, "/").body == b"page"
    assert len(asked) == 2
    assert not store.pages


def test_https_site_keeps_answers_to_https_alone(in_front_of, store, kept_for_long, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    cache = in_front_of(application_that(lambda environ: b"page"))
    for said in ({}, {"HTTP_X_FORWARDED_PROTO": "http"}, {"HTTP_X_FORWARDED_PROTO": "http, https"}):
        ask(cache, "/", **said)
        assert not store.pages
    ask(cache, "/", HTTP_X_FORWARDED_PROTO="https, http")
    assert store.pages


def test_page_ends_when_a_text_appears_and_when_it_goes(db, cache):
    day = "2026-05-01T{}Z"
    with time_machine.travel(day.format("10:00"), tick=False) as clock:
        factories.question(question="Who?", publish_at=day.format("11:00:00"), expire_at=day.format("11:00:30"))
        path = "/faq/who/"
        assert Question.objects.get().get_absolute_url() == path
        assert ask(cache, "/llms.txt").status == 200
        assert ask(cache, path).status == 404
        for moment, is_there in (("10:59:59", False), ("11:00:00", True), ("11:00:29", True), ("11:00:30", False)):
            clock.move_to(day.format(moment))
            assert (b"Who?" in ask(cache, "/llms.txt").body) is is_there, moment
            assert ask(cache, path).status == (200 if is_there else 404), moment


def test_page_that_a_moment_overtakes_while_it_is_made_is_not_kept(db, in_front_of, store):
    factories.question(question="Who?", publish_at="2026-05-01T11:00:00Z")
    with time_machine.travel("2026-05-01T10:59:59.9Z", tick=False) as clock:
        cache = in_front_of(application_that(lambda environ: clock.shift(0.2)))
        ask(cache, "/")
        assert not store.pages
        ask(cache, "/")
        assert store.pages


@pytest.mark.parametrize(("zone", "hour"), [("UTC", "24:00"), ("America/New_York", "04:00")])
def test_page_ends_with_the_day_of_the_site(db, number, settings, zone, hour):
    settings.TIME_ZONE = zone
    with time_machine.travel("2026-05-01T02:00Z", tick=False):
        left = expiry.next_moment(number(), time.time()) - time.time()
    assert left == (int(hour[:2]) - 2) * 3_600


def test_policy_lets_those_in_front_keep_a_page_for_a_second(db, client):
    policy = client.get("/faq/").headers["Cache-Control"]
    assert policy == "public, max-age=0, must-revalidate, s-maxage=1, stale-while-revalidate=1"
    gone = client.get("/faq/none/")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, policy)  # it replaces the cached page
    for path in ("/search/", "/contact/"):
        assert client.get(path).headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    client.cookies["session"] = "x"
    assert "no-store" in client.get("/faq/").headers["Cache-Control"]


def test_moment_is_asked_once_for_each_number_of_the_content(db, number, django_assert_num_queries):
    SiteSettings.objects.current()
    with django_assert_num_queries(4):
        for _ in range(3):
            expiry.next_moment(number(), time.time())
    content_version.increase()
    with django_assert_num_queries(4):
        expiry.next_moment(number(), time.time())


def test_database_that_is_away_keeps_no_page(in_front_of, store, monkeypatch):
    def away(number, since):
        raise connection.Database.OperationalError

    monkeypatch.setattr(serving, "next_moment", away)
    monkeypatch.setattr(serving, "DatabaseError", connection.Database.OperationalError)
    assert ask(in_front_of(application_that(lambda environ: b"page")), "/").body == b"page"
    assert not store.pages


def test_page_says_that_it_is_kept_of_bytes_not_of_objects():
    assert CachedResponse("200 OK", PAGE, b"page", 0.0).bytes == 804
