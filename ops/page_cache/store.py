"""The pages that a process keeps: those asked for last, in so many bytes."""

import threading
from collections import OrderedDict

from django.conf import settings

from ops.page_cache.page import Page

Key = tuple[str, str]  # path and query


class Store:
    def __init__(self, limit: int):
        self.limit = limit
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.bytes = 0
        self.content_version: int | None = None
        self.lock = threading.Lock()

    def get(self, key: Key, content_version: int | None) -> Page | None:
        """Return the page of this number of the content; of no number there is none."""
        page = self.pages.get(key)
        if page is None or page.content_version != content_version:
            return None
        try:
            # In one step of the interpreter: to take the lock costs each reader more than all else here.
            self.pages.move_to_end(key)
        except KeyError:
            return page  # another thread has dropped it since; it is as good as it was
        return page

    def put(self, key: Key, page: Page):
        """Keep a page. The first of another number of the content is the end of all before it."""
        with self.lock:
            if page.content_version != self.content_version:
                self.pages.clear()
                self.bytes, self.content_version = 0, page.content_version
            self._drop(key)
            if page.bytes <= self.limit:
                self.pages[key] = page
                self.bytes += page.bytes
                self._make_room()

    def grow(self, key: Key, page: Page, by: int):
        """Count what a page takes more since it is there in another encoding."""
        with self.lock:
            if self.pages.get(key) is page:
                self.bytes += by
                self._make_room()

    def _drop(self, key: Key):
        page = self.pages.pop(key, None)
        if page is not None:
            self.bytes -= page.bytes

    def _make_room(self):
        while self.bytes > self.limit:
            _, page = self.pages.popitem(last=False)
            self.bytes -= page.bytes


store = Store(settings.PAGE_CACHE_BYTES)
