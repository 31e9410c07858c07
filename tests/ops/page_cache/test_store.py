from ops.page_cache.page import CachedResponse
from ops.page_cache.store import PageStore

HEADERS = [("ETag", '"abc"'), ("Vary", "Accept-Encoding")]


def page(size=1_000, content_version=1):
    made = CachedResponse("200 OK", HEADERS, bytes(size), 0.0)
    made.content_version = content_version
    return made


def test_page_is_found_under_its_own_number_alone():
    store, own = PageStore(10_000), page()
    store.put(("/", ""), own)
    assert store.get(("/", ""), 1) is own
    assert store.get(("/", ""), 2) is None
    assert store.get(("/", "page=2"), 1) is None


def test_new_number_empties_the_store():
    store = PageStore(10_000)
    store.put(("/a/", ""), page())
    store.put(("/b/", ""), page(content_version=2))
    assert list(store.pages) == [("/b/", "")]
    assert store.bytes == store.pages["/b/", ""].bytes


def test_what_was_asked_for_longest_ago_goes_first():
    store = PageStore(6_000)
    for name in "abc":
        store.put((name, ""), page())
    store.get(("a", ""), 1)
    store.put(("d", ""), page())
    assert [name for name, _ in store.pages] == ["c", "a", "d"]


def test_page_made_anew_is_counted_once_and_what_is_too_large_is_not_kept():
    store = PageStore(6_000)
    for _ in range(3):
        store.put(("a", ""), page())
    assert store.bytes == page().bytes
    store.put(("b", ""), page(size=7_000))
    assert list(store.pages) == [("a", "")]


def test_compressed_bytes_count_and_push_others_out():
    store, own = PageStore(4_500), page(2_000)
    store.put(("a", ""), page())
    store.put(("b", ""), own)
    _, grown = own.compressed("br")
    store.grow(("b", ""), own, grown)
    assert list(store.pages) == [("b", "")]
    assert store.bytes == own.bytes
    store.grow(("b", ""), page(), 100)
    assert store.bytes == own.bytes


def test_hundred_thousand_addresses_stay_under_the_bound():
    store = PageStore(8 * 1024 * 1024)
    for number in range(100_000):
        store.put((f"/articles/{number}/", ""), page(3_600))
        assert store.bytes <= store.limit
    assert store.bytes == sum(own.bytes for own in store.pages.values())
    assert len(store.pages) > 1_500
