"""Every link of the site with its starter content leads somewhere."""

from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from lxml import html

ADDRESSES = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "srcset", "form": "action"}
FILES = ("/static/", "/media/")


def addresses_in(page: str, at: str) -> set[str]:
    found = set()
    for element in html.document_fromstring(page).iter(*ADDRESSES):
        address = urljoin(at, element.get(ADDRESSES[element.tag], "").strip())
        parts = urlsplit(address)
        if not parts.scheme or address.startswith(settings.SITE_URL):
            found.add(parts._replace(scheme="", netloc="").geturl())
    return found


def test_every_link_answers_200_and_every_anchor_exists(starter_content, client, django_assert_max_num_queries):
    waiting, seen, anchors = {"/"}, set(), set()
    pages = {}
    while waiting:
        path = waiting.pop()
        seen.add(path)
        with django_assert_max_num_queries(12):
            response = client.get(path)
        assert response.status_code == 200, f"{path} answers {response.status_code}"
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        pages[path] = response.content.decode()
        for address in addresses_in(pages[path], path):
            address, anchor = urldefrag(address)
            if anchor:
                anchors.add((address, anchor, path))
            if address and not address.startswith(FILES):
                waiting |= {address} - seen
    assert len(pages) > 70
    for address, anchor, found_on in anchors:
        ids = html.document_fromstring(pages[address]).xpath("//@id")
        assert anchor in ids, f"{found_on} links to {address}#{anchor}, which is not there"
