"""The pages cached by this process: the most recently requested ones, up to a number of bytes."""

import threading
from collections import OrderedDict

from django.conf import settings

from ops.page_cache.page import CachedResponse

Key = tuple[str, str]  # path and query


class PageStore:
    def __init__(self, limit: int):
        self.limit = limit
        self.pages: OrderedDict[Key, CachedResponse] = OrderedDict()
        self.bytes = 0
        self.content_version: int | None = None
        self.lock = threading.Lock()

    def get(self, key: Key, content_version: int | None) -> CachedResponse | None:
        """Return the page cached under this content version; None if there is none."""
        page = self.pages.get(key)
        if page is None or page.content_version != content_version:
            return None
        try:
            # Without the lock, as this is atomic in CPython and taking the lock would cost each request more than all
            # the rest.
            self.pages.move_to_end(key)
        except KeyError:
            return page  # another thread has just dropped it; the page is still valid
        return page

    def put(self, key: Key, page: CachedResponse) -> None:
        """Cache a page. The first page of a new content version clears all others."""
        with self.lock:
            if page.content_version != self.content_version:
                self.pages.clear()
                self.bytes, self.content_version = 0, page.content_version
            if (old := self.pages.pop(key, None)) is not None:
                self.bytes -= old.bytes
            if page.bytes <= self.limit:
                self.pages[key] = page
                self.bytes += page.bytes
                self._make_room()

    def grow(self, key: Key, page: CachedResponse, by: int) -> None:
        """Count the bytes that a page needs for another encoding."""
        with self.lock:
            if self.pages.get(key) is page:
                self.bytes += by
                self._make_room()

    def _make_room(self):
        while self.bytes > self.limit:
            _, page = self.pages.popitem(last=False)
            self.bytes -= page.bytes


store = PageStore(settings.PAGE_CACHE_BYTES)
