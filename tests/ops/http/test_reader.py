"""Which requests are by people: browsers of all kinds, and programs that declare themselves or imitate one."""

import pytest
from django.http.request import HttpHeaders

from ops.http import reader
from ops.http.reader import is_by_a_reader
from tests.readers import BROWSERS, CHROME, DECLARED, FAKED, FIREFOX


def is_counted(headers, method="GET", **environ):
    return is_by_a_reader(HttpHeaders.to_wsgi_names(headers) | {"REQUEST_METHOD": method} | environ)


@pytest.mark.parametrize("name", BROWSERS)
def test_browsers_of_all_kinds_are_people(name):
    assert is_counted(BROWSERS[name])
    assert is_counted(
        BROWSERS[name] | {"If-None-Match": '"abc"', "Cookie": "theme=dark", "Referer": "https://a.example/"}
    )


@pytest.mark.parametrize("agent", DECLARED)
def test_programs_that_declare_themselves_are_not_whatever_else_they_send(agent):
    for headers in (CHROME, FIREFOX, {}):
        assert not is_counted(headers | {"User-Agent": agent})


@pytest.mark.parametrize("name", FAKED)
def test_programs_that_imitate_a_browser_are_found_by_what_it_would_send(name):
    assert not is_counted(FAKED[name])


def test_other_methods_and_people_who_are_signed_in_are_not_readers(settings):
    assert not is_counted(CHROME, "HEAD")
    assert not is_counted(CHROME, "POST")
    assert not is_counted(CHROME | {"Cookie": f"a=b; {settings.SESSION_COOKIE_NAME}=x"})


def test_over_plain_http_no_browser_sends_metadata(monkeypatch):
    monkeypatch.setattr(reader, "IS_SECURE", False)
    monkeypatch.setattr(reader, "sends_like_a_browser", reader.sends_like_a_browser.__wrapped__)
    assert is_counted(FAKED["no metadata"])
    assert not is_counted(FAKED["no language"])


def test_all_headers_that_are_read_reach_django_from_behind_the_page_cache():
    read = {name for headers in (*BROWSERS.values(), *FAKED.values()) for name in HttpHeaders.to_wsgi_names(headers)}
    assert read - {"HTTP_SEC_FETCH_SITE", "HTTP_X_REQUESTED_WITH"} <= set(reader.HEADERS)
