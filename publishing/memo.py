"""What was worked out before from the very same values."""

from collections import OrderedDict
from threading import Lock

from django.core.signals import setting_changed
from django.dispatch import receiver

_all = []


class Memo:
    """Keeps what follows from its key and from nothing else but the settings; of the `most`, those asked for last."""

    def __init__(self, most: int):
        self._most = most
        self._known = OrderedDict()
        self._lock = Lock()
        _all.append(self)

    def get(self, key):
        """Return None for what is not known."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def put(self, key, value):
        with self._lock:
            self._known[key] = value
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def clear(self):
        with self._lock:
            self._known.clear()


@receiver(setting_changed)
def forget(**kwargs):
    """Settings are changed in tests alone."""
    for memo in _all:
        memo.clear()
