"""The whole site with its starter content, link by link: all links work, and each page has its own metadata."""

from collections import Counter, defaultdict
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from tests.publishing.pages.test_sitemap import all_entries

pytestmark = pytest.mark.whole
ADDRESSES = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "srcset", "form": "action"}
FILES = ("/static/", "/media/")
# Comparisons lead to further comparisons without end: a path is asked so often with the same parameters.
MOST_QUERIES = 20


def addresses_in(page, at: str) -> set[str]:
    found = set()
    for element in page.iter(*ADDRESSES):
        address = urljoin(at, element.get(ADDRESSES[element.tag], "").strip())
        parts = urlsplit(address)
        if not parts.scheme or address.startswith(settings.SITE_URL):
            found.add(parts._replace(scheme="", netloc="").geturl())
    return found


@pytest.fixture
def pages(starter_content) -> dict:
    """Every page that can be reached from the front page, parsed, by its address."""
    return crawl()


def crawl() -> dict:
    waiting, seen, found, asked = {"/"}, set(), {}, Counter()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        kind = urlsplit(path).path, *parse_qs(urlsplit(path).query)
        asked[kind] += len(kind) > 1
        if asked[kind] > MOST_QUERIES:
            continue
        reset_queries()  # the query log is limited; when it is full, the difference would be zero
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(path)
        if response.status_code == 302:  # parameters in another order than the canonical one
            waiting |= {response.url} - seen
            continue
        assert response.status_code == 200, f"{path} answers {response.status_code}"
        # A feed of articles with charts makes the most: up to four for each chart.
        assert len(queries) <= 36, f"{path} makes {len(queries)} queries"
        if response.headers["Content-Type"].startswith("text/html"):
            found[path] = html.document_fromstring(response.content.decode())
            addresses = {urldefrag(address)[0] for address in addresses_in(found[path], path)}
            waiting |= {address for address in addresses if address and not address.startswith(FILES)} - seen
    assert len(found) > 70
    return found


def test_every_link_leads_to_a_page_and_an_anchor_and_every_page_says_what_it_is(pages):
    for path, page in pages.items():
        for address, anchor in map(urldefrag, addresses_in(page, path)):
            if anchor and (address in pages or not urlsplit(address).query):
                assert anchor in pages[address].xpath("//@id"), f"{path} links to {address}#{anchor}, not there"
    own = {}
    for path, page in pages.items():
        canonical = page.xpath("string(//link[@rel='canonical']/@href)").removeprefix(settings.SITE_URL)
        assert canonical in {"", *pages}, f"{path} says that it stands at {canonical}, where nothing is"
        if canonical in {"", path} and "noindex" not in page.xpath("string(//meta[@name='robots']/@content)"):
            own[path] = page
    assert len(own) > 70
    assert_each_has_its_own(own)
    assert set(all_entries(Client())) == set(own)  # the sitemap has exactly the pages for search engines


def assert_each_has_its_own(pages):
    """One title, description, canonical address and heading on each of these pages, all of them unique."""
    wanted = {
        "title": "//head/title/text()",
        "description": "//meta[@name='description']/@content",
        "canonical": "//link[@rel='canonical']/@href",
        "h1": "//h1",
    }
    for name, expression in wanted.items():
        users = defaultdict(list)
        for path, page in pages.items():
            found = page.xpath(expression)
            assert len(found) == 1, f"{path} has {len(found)} of {name}"
            words = found[0] if isinstance(found[0], str) else found[0].text_content()
            assert words.strip(), f"{path} has an empty {name}"
            users[" ".join(words.split())].append(path)
        twice = {words: paths for words, paths in users.items() if len(paths) > 1}
        assert not twice, f"{name} of several pages: {twice}"
