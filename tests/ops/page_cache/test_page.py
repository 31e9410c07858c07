import gzip

import brotli
import pytest

from ops.page_cache.page import CachedResponse

HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", "4000"),
    ("Cache-Control", "public, max-age=0, must-revalidate"),
    ("ETag", '"abc"'),
    ("Vary", "Accept-Encoding"),
    ("X-Request-ID", "of-the-first-reader"),
]
BODY = b"word" * 1_000


def page(status="200 OK", body=BODY, **changed):
    named = dict(HEADERS) | {name.replace("_", "-"): value for name, value in changed.items()}
    return CachedResponse(status, [(name, value) for name, value in named.items() if value], body, 0.0)


@pytest.mark.parametrize(("accepted", "read"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_each_encoding_has_its_bytes_its_length_and_a_strong_etag_of_its_own(accepted, read):
    plain, (variant, _) = page().plain, page().compressed(accepted)
    headers = dict(variant.headers)
    assert read(variant.body) == plain.body == BODY
    assert headers["Content-Encoding"] == accepted
    assert headers["Content-Length"] == str(len(variant.body))
    assert headers["ETag"] == variant.etag == f'"abc-{accepted}"'
    assert "Content-Encoding" not in dict(plain.headers)


def test_each_encoding_is_made_once_and_counted():
    own = page()
    before = own.bytes
    assert own.in_encoding("br") is None
    first, grown = own.compressed("br")
    assert own.bytes == before + grown > before
    assert own.in_encoding("br, gzip;q=0.5") is first
    assert own.compressed("br") == (first, 0)  # by another thread meanwhile


def test_what_does_not_shrink_or_is_as_stored_stays_as_it_is():
    small = page(body=b"x")
    assert small.compressed("br") == (small.plain, 0)
    assert small.in_encoding("br") is small.plain
    assert page(Vary="").in_encoding("br").body == BODY


@pytest.mark.parametrize(
    ("known", "is_known"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", W/"abc"', True),
        ("*", True),
        ('"abc-br"', False),
        ("abc", False),
        ("", False),
    ],
)
def test_reader_has_the_page_who_names_the_etag_of_this_encoding(known, is_known):
    assert page().plain.is_known_by(known) is is_known


def test_nobody_gets_the_id_of_somebody_elses_request():
    assert "of-the-first-reader" not in dict(page().plain.headers).values()


def test_ordinary_page_may_be_kept():
    assert page().may_be_kept


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "404 Not Found"},
        {"status": "301 Moved Permanently"},
        {"Set_Cookie": "a=b"},
        {"Cache_Control": "private"},
        {"Cache_Control": "public, no-store"},
        {"Cache_Control": ""},
        {"Vary": "Accept-Encoding, Cookie"},
        {"Vary": "*"},
        {"ETag": ""},
        {"ETag": 'W/"abc"'},
        {"Content_Encoding": "gzip"},
    ],
)
def test_what_is_for_one_reader_may_not(changed):
    assert not page(**changed).may_be_kept
