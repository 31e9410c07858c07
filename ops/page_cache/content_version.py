"""The content version: eight bytes in a file that is memory-mapped by every process of this host.

Every writer of visible content raises it after the commit, so a page made under another version is not served any more.
No version ever repeats, even if the file is lost, since it is at least the time in nanoseconds.
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
LOOK_SECONDS = 1  # how long it may go unnoticed that the file is lost or not writable


class ContentVersion:
    """The content version of this host; `heard` counts changes by other hosts (ops.page_cache.listener)."""

    def __init__(self):
        self.lock = threading.Lock()
        self.cell: memoryview | None = None
        self.place: tuple[int, int] | None = None  # device and inode of the mapped file
        self.looked_at = float("-inf")
        self.heard = 0
        self.has_complained = False

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / "content-generation"

    def current(self) -> int | None:
        """Return the version; None if it cannot be known, in which case nothing may be cached."""
        now = time.monotonic()
        if now - self.looked_at >= LOOK_SECONDS:
            self._look(now)
        cell = self.cell
        return None if cell is None else cell[0] + self.heard

    def increase(self) -> None:
        """Record that visible content has changed. Never raises, as the write itself has succeeded."""
        try:
            with self._locked() as descriptor:
                with mmap.mmap(descriptor, NUMBER.size) as memory:
                    (old,) = NUMBER.unpack(memory[:])
                    memory[:] = NUMBER.pack(max(old + 1, time.time_ns()))
                if _place(os.fstat(descriptor)) != self.place:
                    self.looked_at = float("-inf")  # the mapped file is not the current one any more
        except OSError as error:
            cell = self.cell
            if cell is not None and self._is_in_place():
                # Without a lock, since no file can be opened, for example when the process has no file descriptors
                # left. Two increases at once may count as one, but the version still differs from before.
                cell[0] = max(cell[0] + 1, time.time_ns())
                return
            self.cell, self.looked_at = None, time.monotonic()
            self._complain(error)

    def _look(self, now: float):
        """Check that the mapped file is current and writable; otherwise map it, creating it if missing."""
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
                # Last, so that other threads do not use the mapping before the check is done.
                self.looked_at = now

    def _is_in_place(self) -> bool:
        try:
            return _place(os.stat(self.path)) == self.place and os.access(self.path, os.W_OK)
        except OSError:
            return False

    @contextmanager
    def _locked(self):
        """Yield a descriptor of the file, locked against other processes and threads, with a version in it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_size < NUMBER.size:
                # Written instead of truncated to this size: a full disk is an error here, but would kill the process
                # later.
                os.pwrite(descriptor, NUMBER.pack(time.time_ns()), 0)
            yield descriptor
        finally:
            # Unlocked explicitly: a mapping has its own descriptor, which would hold the lock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def _complain(self, error: OSError):
        if not self.has_complained:
            self.has_complained = True
            logger.error("No page can be kept, since %s cannot be used: %s.", self.path, error.strerror)


def _place(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


content_version = ContentVersion()
