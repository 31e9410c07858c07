"""The number of the content: eight bytes in a file, which every process of this host reads without asking anybody.

Whoever changed what readers see raises it after the commit, so a page made under another number is not shown any more.
No number ever comes back, also where the file was lost, since a number is at least the time in nanoseconds.
"""

import fcntl
import logging
import mmap
import os
import struct
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)
NUMBER = struct.Struct("=Q")
LOOK_SECONDS = 1  # so long it may stay unnoticed that the file was lost or may no longer be written


class ContentVersion:
    """`heard` counts what this process heard of changes by other hosts (ops.page_cache.listener)."""

    def __init__(self):
        self.lock = threading.Lock()
        self.cell: memoryview | None = None
        self.place: tuple[int, int] | None = None  # of the file that is mapped: device and inode
        self.looked_at = float("-inf")
        self.heard = 0
        self.has_complained = False

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / "content-generation"

    def current(self) -> int | None:
        """Return the number, or None where nobody can know it: then nothing may be kept."""
        now = time.monotonic()
        if now - self.looked_at >= LOOK_SECONDS:
            self._look(now)
        cell = self.cell
        return None if cell is None else cell[0] + self.heard

    def increase(self):
        """Say that what readers see has changed. Never raises: the writer has done her work."""
        try:
            with self._locked() as descriptor:
                with mmap.mmap(descriptor, NUMBER.size) as memory:
                    (old,) = NUMBER.unpack(memory[:])
                    memory[:] = NUMBER.pack(max(old + 1, time.time_ns()))
                if _place(os.fstat(descriptor)) != self.place:
                    self.looked_at = float("-inf")  # what is mapped here is not the file any more
        except OSError as error:
            cell = self.cell
            if cell is not None and self._is_in_place():
                # Without a lock, since no file can be opened, as while readers have all that a process may open: of
                # two raises at once one may be lost then, and the number is another than before all the same.
                cell[0] = max(cell[0] + 1, time.time_ns())
                return
            self.cell, self.looked_at = None, time.monotonic()
            self._complain(error)

    def _look(self, now: float):
        """See that what is mapped is the file and that others can raise its number; else map it, made where it is
        missing."""
        with self.lock:
            try:
                if self.cell is not None and self._is_in_place():
                    return
                with self._locked() as descriptor:
                    self.cell = memoryview(mmap.mmap(descriptor, NUMBER.size)).cast("Q")
                    self.place = _place(os.fstat(descriptor))
                self.has_complained = False
            except OSError as error:
                self.cell = None
                self._complain(error)
            finally:
                # Last, or another thread would go on with what is being looked at.
                self.looked_at = now

    def _is_in_place(self) -> bool:
        try:
            return _place(os.stat(self.path)) == self.place and os.access(self.path, os.W_OK)
        except OSError:
            return False

    @contextmanager
    def _locked(self):
        """Give a descriptor of the file, locked against other processes and threads, with a number in it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_size < NUMBER.size:
                # Written and not only made so long: a full disk is an error here, and the end of the process later.
                os.pwrite(descriptor, NUMBER.pack(time.time_ns()), 0)
            yield descriptor
        finally:
            # Said, since a mapping has a descriptor of its own, which would keep the lock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def _complain(self, error: OSError):
        if not self.has_complained:
            self.has_complained = True
            logger.error("No page can be kept, since %s cannot be used: %s.", self.path, error.strerror)


def _place(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


content_version = ContentVersion()
