"""The basic security rules, on every public address of the URL map and in the admin."""

import gzip
import json
import re
import subprocess
import sys
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.db.models import CASCADE, ForeignKey
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.config.running import PROJECT, environment
from tests.surfaces import paths_that_answer, surfaces

pytestmark = pytest.mark.django_db
UNCACHED = {"/healthz", "/readyz"}
FORMS = re.compile(r"/contact/|/catalog/check/|/faq/[^/]+/helpful/")  # post to their own address
PASSWORD = "correct horse battery"


@pytest.fixture
def paths(client):
    """The public addresses that answer, except files: files cached for a year
    (tests/publishing/images/test_illustrations.py) and streamed ones (tests/catalog/browse/test_browse.py) have rules
    of their own.
    """
    found = paths_that_answer(client, factories.world())
    return [path for path in found if not client.get(path).streaming]


@pytest.fixture
def pages(client, paths):
    """The addresses of pages for people."""
    return [path for path in paths if client.get(path).headers["Content-Type"].startswith("text/html")]


def policy(response):
    directives = (directive.split() for directive in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


# Sources that a page may load ----------------------------------------------------------------------


@pytest.mark.whole
def test_public_addresses_allow_only_the_sites_own_files(client, paths):
    for path in paths:
        csp = policy(client.get(path))
        assert csp["default-src"] == ["'none'"], path
        assert csp["script-src"] == ["'self'"], path
        assert csp["base-uri"] == csp["frame-ancestors"] == ["'none'"], path
        assert csp.pop("frame-src") == site_settings.SECURE_CSP["frame-src"]
        assert not re.search(r"unsafe|nonce|http|\*|data:", str(csp)), path


def test_public_pages_keep_to_their_own_policy(client, pages):
    for path in pages:
        html = client.get(path).content.decode()
        scripts = re.findall(r"<script\b[^>]*>", html)
        assert all("src=" in tag or "application/ld+json" in tag for tag in scripts), path
        assert not re.search(r"<style\b|\sstyle=|\son\w+=|javascript:|nonce=", html), path
        loaded = re.findall(r'<(?:img|script|source|iframe)\b[^>]*\ssrc="([^"]*)"', html)
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded), path


@pytest.mark.whole
def test_errors_keep_to_the_policy_too(client):
    for path in ("/nothing/", "/articles/?page=x", "/admin/nothing/"):
        assert "default-src" in policy(client.get(path)), path


@pytest.mark.whole
def test_admin_runs_scripts_by_nonce_only(admin_page):
    article = factories.article()
    nonces = set()
    for path in ("/admin/", "/admin/articles/article/", f"/admin/articles/article/{article.pk}/change/"):
        response = admin_page.get(path)
        csp = policy(response)
        (nonce,) = re.findall(r"'nonce-([^']+)'", " ".join(csp["script-src"]))
        nonces.add(nonce)
        assert not any("unsafe" in source for source in csp["script-src"])
        assert csp["style-src"] == ["'self'", "'unsafe-inline'"]
        assert csp["frame-ancestors"] == ["'self'"]
        for tag in re.findall(r"<script\b[^>]*>", response.content.decode()):
            assert f'nonce="{nonce}"' in tag or "application/json" in tag, tag
    assert len(nonces) == 3


@pytest.mark.whole
def test_every_answer_forbids_guessing_types_and_framing(client, paths):
    for path in [*paths, "/nothing/", "/admin/login/"]:
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "camera=()" in headers["Permissions-Policy"], path


# Caching -------------------------------------------------------------------------------------------


def test_public_addresses_set_no_cookie_and_are_the_same_for_all(client, paths):
    for path in paths:
        one, two = client.get(path), Client().get(path, headers={"User-Agent": "another", "Accept-Language": "de"})
        assert not one.cookies, path
        assert "Cookie" not in one.headers.get("Vary", ""), path
        assert "csrf" not in one.content.decode().lower(), path
        assert one.content == two.content, path


@pytest.mark.whole
def test_public_addresses_are_asked_about_again_by_etag(client, paths):
    for path in paths:
        if path in UNCACHED:
            assert client.get(path).headers["Cache-Control"] == "no-store"
            continue
        response = client.get(path)
        asked_again = "public, max-age=0, must-revalidate"
        # A response that a view makes cacheable may also be cached briefly in front of the site.
        in_front = f"{asked_again}, s-maxage=1, stale-while-revalidate=1"
        assert response.headers["Cache-Control"] in {asked_again, in_front}, path
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304, path
        assert not again.content, path
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200, path


@pytest.mark.whole
def test_changed_record_has_another_etag(client):
    article = factories.article()
    path = article.get_absolute_url()
    etag = client.get(path).headers["ETag"]
    article.title = "Changed"
    article.save()
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.whole
def test_public_addresses_are_compressed_and_compressed_ones_are_asked_about_too(client, paths):
    for path in paths:
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        if len(plain.content) < 500:
            continue  # compression would save too little
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(packed.content) == plain.content, path
        assert "Accept-Encoding" in packed.headers["Vary"], path
        if path not in UNCACHED:
            asked = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
            assert client.get(path, headers=asked).status_code == 304, path


@pytest.mark.whole
def test_nobody_keeps_a_page_of_the_admin(client, admin_page):
    factories.article()
    stranger = Client()
    for asker in (admin_page, stranger):
        for path in (
            "/admin/",
            "/admin/login/",
            "/admin/password_change/",
            "/admin/password_change/done/",
            "/admin/articles/article/",
            "/admin/nothing/",
            "/admin/jsi18n/",
            "/admin/publishing/find/?q=a",
            "/admin",
        ):
            response = asker.get(path)
            if path != "/admin":
                assert "no-store" in response.headers["Cache-Control"], path
                assert "private" in response.headers["Cache-Control"], path
    assert "no-store" in admin_page.post("/admin/logout/").headers["Cache-Control"]


@pytest.mark.whole
def test_nobody_keeps_what_was_answered_to_a_session(client, paths, admin_page):
    for path in paths:
        headers = admin_page.get(path).headers
        assert "no-store" in headers["Cache-Control"], path
        assert "ETag" not in headers, path
    client.cookies[site_settings.SESSION_COOKIE_NAME] = "invented"
    assert "no-store" in client.get("/").headers["Cache-Control"]


@pytest.mark.whole
def test_draft_that_an_editor_looks_at_is_kept_by_nobody(admin_page):
    response = admin_page.get(factories.article(state="draft").get_absolute_url())
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


# Requests that may be sent -------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_addresses_can_only_be_read(client, paths, method):
    strict = Client(enforce_csrf_checks=True)
    for path in paths:
        if FORMS.fullmatch(path) and method == "post":
            assert client.post(path).status_code == strict.post(path).status_code == 400, path
            continue
        assert getattr(client, method)(path).status_code == 405, path
        assert getattr(strict, method)(path).status_code == 405, path


@pytest.mark.whole
def test_public_addresses_answer_to_head(client, paths):
    for path in paths:
        response = client.head(path)
        assert response.status_code == 200, path
        assert not response.content, path


@pytest.mark.whole
def test_foreign_host_is_refused(client, paths):
    for path in [*paths, "/admin/login/", "/nothing/"]:
        for host in ("evil.example", "localhost.evil.example", "a b", "[", "x" * 5000):
            response = client.get(path, headers={"Host": host})
            assert response.status_code == 400, (path, host)
            assert host not in response.content.decode(), (path, host)


ODD_VALUES = {
    "NUL": "%00",
    "5,000 digits": "9" * 5000,
    "lone surrogate": "%ED%A0%80",
    "broken UTF-8": "%FF%FE",
    "100 kB": "x" * 100_000,
    "negative": "-1",
    "empty": "",
    "other digits": "%D9%A3%C2%B2",
    "just too large": str(2**63),
    "markup": "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
}


def names_of_parameters() -> list[str]:
    """Return the parameters that the code of public pages reads from the query, found in the code."""
    files = [path for app in ("articles", "catalog", "faq", "publishing") for path in Path(PROJECT, app).rglob("*.py")]
    code = "\n".join(path.read_text() for path in files if "admin" not in str(path.relative_to(PROJECT)))
    found = set(re.findall(r'(?:GET|query_params)(?:\.get|\.getlist|)[(\[]"(\w+)"', code))
    found |= set(re.findall(r'whole_number\((?:self\.)?request, "(\w+)"', code))
    assert found >= {"page", "after", "limit"}
    return sorted(found)


@pytest.fixture
def names_read(monkeypatch) -> set:
    """The names that any code looks up in a query, collected during the test."""
    found = set()
    for method in ("__getitem__", "__contains__", "getlist"):
        read = getattr(QueryDict, method)

        def noted(query, name, *args, read=read, **kwargs):
            found.update([name] if name else [])  # REST framework looks up None to skip a parameter
            return read(query, name, *args, **kwargs)

        monkeypatch.setattr(QueryDict, method, noted)
    return found


@pytest.mark.whole
@pytest.mark.fuzz
def test_no_value_of_a_parameter_is_an_error_of_ours(client, paths, names_read):
    client.raise_request_exception = False
    read = {}
    for path in paths:
        names_read.clear()
        client.get(path)
        read[path] = set(names_read)
    assert read["/catalog/"] >= {"q", "vendor", "status", "sort", "page"}
    # Parameters that are only read together with others are tried everywhere.
    everywhere = {"unknown", "format", *names_of_parameters()} - set().union(*read.values()) | {"unknown"}
    tried = [(path, name) for path in paths for name in sorted(read[path] | everywhere)]
    for (path, name), (kind, value) in product(tried, ODD_VALUES.items()):
        response = client.get(f"{path}?{name}={value}")
        # A list's address in a form other than the canonical one is redirected to that.
        assert response.status_code in {200, 302, 400, 404}, (path, name, kind)
        assert response.status_code != 302 or response.headers["Location"].startswith("/catalog/"), (path, name, kind)
        assert b"<script>alert(1)" not in response.content, (path, name, kind)


ODD_QUERIES = {
    "many parameters": "&".join(f"p{number}=1" for number in range(5000)),
    "one parameter many times": "page=1&" * 900,
    "100 kB": "a" * 100_000,
    "NUL in a name": "pa%00ge=1",
    "surrogate in a name": "%ED%A0%80=1",
    "bare signs": "&&==&;?%",
    "brackets": "page[]=1&page[$gt]=1",
}


@pytest.mark.whole
def test_no_query_is_an_error_of_ours(client, paths):
    client.raise_request_exception = False
    for path, (kind, query) in product([*paths, "/nothing/", "/api/v1/nothing/", "/admin/login/"], ODD_QUERIES.items()):
        assert client.get(f"{path}?{query}").status_code < 500, (path, kind)


ODD_STEPS = ["%00", "%ED%A0%80", "%FF", "9" * 5000, "x" * 50_000, "..%2F..", "%2e%2e", "%0d%0aX: y"]


@pytest.mark.whole
@pytest.mark.parametrize("odd", ODD_STEPS, ids=range(len(ODD_STEPS)))
def test_no_path_is_an_error_of_ours(client, odd):
    client.raise_request_exception = False
    paths = [surface.path(**dict.fromkeys(surface.parameters, "1")) for surface in surfaces()]
    for folder in {path.rpartition("1/")[0] or "/" for path in paths}:
        for path in (f"{folder}{odd}/", f"{folder}{odd}"):
            response = client.get(path)
            assert response.status_code in {301, 400, 404}, path
            assert "X: y" not in str(response.headers), path


@pytest.mark.whole
def test_odd_headers_are_no_error_of_ours(client, paths):
    client.raise_request_exception = False
    odd = {
        "Cookie": "session=\x00; csrf=;;=;",
        "If-None-Match": 'W/"a, "b", *, \x00',
        "If-Modified-Since": "never",
        "Accept-Encoding": "gzip;q=x, *;q=-1",
        "Accept-Language": "x" * 5000,
        "X-Forwarded-For": "a,b,c" * 500,
        "Range": "bytes=9-1",
    }
    for path in paths:
        assert client.get(path, headers=odd).status_code < 500, path


# Accounts ------------------------------------------------------------------------------------------


def sign_in(client, username, password=PASSWORD, address="203.0.113.1"):
    return client.post("/admin/login/", {"username": username, "password": password}, REMOTE_ADDR=address)


@pytest.mark.whole
def test_sign_in_works_and_its_cookies_cannot_be_read_or_sent_from_elsewhere(client):
    person = factories.user(password=PASSWORD)
    client.get("/admin/login/")
    assert sign_in(client, person.username).status_code == 302
    assert {site_settings.SESSION_COOKIE_NAME, site_settings.CSRF_COOKIE_NAME} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie.key


def test_account_is_locked_after_ten_wrong_passwords_from_wherever_they_come(client):
    person = factories.user(password=PASSWORD)
    for number in range(10):
        response = sign_in(client, person.username, "wrong", address=f"203.0.113.{number}")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "900"
    assert "Too many sign-in attempts" in response.content.decode()
    assert sign_in(client, person.username, address="198.51.100.1").status_code == 429
    other = factories.user(password=PASSWORD)
    assert sign_in(client, other.username, address="198.51.100.1").status_code == 302


@pytest.mark.whole
def test_address_is_locked_after_ten_wrong_passwords_whatever_the_account(client):
    person = factories.user(password=PASSWORD)
    for number in range(10):
        response = sign_in(client, f"guess{number}", "wrong")
    assert response.status_code == 429
    assert sign_in(client, person.username).status_code == 429
    assert sign_in(client, person.username, address="198.51.100.1").status_code == 302


@pytest.mark.whole
def test_nine_wrong_passwords_lock_nothing(client):
    person = factories.user(password=PASSWORD)
    for _ in range(9):
        assert sign_in(client, person.username, "wrong").status_code == 200
    assert sign_in(client, person.username).status_code == 302


@pytest.mark.whole
def test_signing_in_to_an_account_of_ones_own_does_not_buy_new_guesses(client):
    mine, victim = factories.user(password=PASSWORD), factories.user(password=PASSWORD)
    for _ in range(9):
        sign_in(client, victim.username, "wrong")
    assert sign_in(client, mine.username).status_code == 302
    assert sign_in(client, victim.username, "wrong").status_code == 429
    assert sign_in(client, victim.username).status_code == 429


@pytest.mark.whole
def test_lock_opens_after_a_quarter_of_an_hour(client):
    person = factories.user(password=PASSWORD)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            sign_in(client, person.username, "wrong")
        clock.shift(timedelta(minutes=14))
        assert sign_in(client, person.username).status_code == 429
        clock.shift(timedelta(minutes=2))
        assert sign_in(client, person.username).status_code == 302


@pytest.mark.whole
@pytest.mark.parametrize("username", ["a\x00b", "\ud800", "x" * 10_000, "", " "])
def test_odd_names_cannot_sign_in_and_are_no_error_of_ours(client, username):
    client.raise_request_exception = False
    body = {"username": username.encode("utf-8", "surrogatepass"), "password": "x"}
    assert client.post("/admin/login/", body).status_code in {200, 400, 429}


@pytest.mark.whole
def test_deleting_a_person_deletes_nothing_that_readers_see():
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    ours = [field for field in fields if not field.model.__module__.startswith("django.")]
    people = [field for field in ours if isinstance(field, ForeignKey) and field.related_model is User]
    assert people
    gone_with_them = {field.model._meta.label for field in people if field.remote_field.on_delete is CASCADE}
    # Only a person's own second factor, recovery codes and settings, and that they have a form open.
    assert gone_with_them == {
        "otp_totp.TOTPDevice",
        "publishing.Preferences",
        "publishing.Presence",
        "publishing.RecoveryCode",
    }


# A site on https -----------------------------------------------------------------------------------

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(headers={"Host": "www.example.com"})
plain = client.get("/admin/login/")
health = client.get("/healthz")
secure = client.get("/admin/login/", headers={"X-Forwarded-Proto": "https"})
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location")],
    "health": health.status_code,
    "hsts": secure.headers.get("Strict-Transport-Security"),
    "status": secure.status_code,
    "cookies": {name: [bool(cookie["secure"]), cookie["path"]] for name, cookie in secure.cookies.items()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_DOMAIN],
}))
"""


@pytest.mark.whole
@pytest.mark.parametrize(
    ("given", "hsts"),
    [({}, "max-age=31536000"), ({"HSTS_INCLUDE_SUBDOMAINS": 1}, "max-age=31536000; includeSubDomains")],
)
def test_https_address_gives_secure_cookies_bound_to_the_host_and_hsts(tmp_path, given, hsts):
    result = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=PROJECT,
        env=environment(DATA_DIR=tmp_path, SITE_URL="https://www.example.com", DEBUG=1, **given)
        | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    answer = json.loads(result.stdout)
    assert answer["plain"] == [301, "https://www.example.com/admin/login/"]
    assert answer["health"] == 200
    assert answer["status"] == 200
    assert answer["hsts"] == hsts
    assert answer["cookies"] == {"__Host-csrf": [True, "/"]}
    assert answer["session"] == ["__Host-session", True, None]
