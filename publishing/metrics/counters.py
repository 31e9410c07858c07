"""Numbers that all server processes of a machine add to, in one mapped file in DATA_DIR.

Each process has a row of its own in it, which it holds by a lock that ends with the process. One that comes after it
goes on in its row, so what a killed process has counted is not lost, numbers never fall, and the file does not grow.
Nobody waits for the disk, and nobody for another process.
"""

import fcntl
import hashlib
import logging
import mmap
import os
import threading
from array import array
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)
ROWS = 80  # server processes at once: as many as WORKERS may be, and those that are being replaced
WIDTH = 8  # bytes of a number


class Counters:
    """`names` are the columns. A file of other columns, that of another version, is another file."""

    def __init__(self, names: Sequence[str]):
        self.places = {name: number for number, name in enumerate(names)}
        self.lock = threading.Lock()
        self.row: memoryview | array | None = None
        self.table: memoryview | array | None = None

    def add(self, name: str, amount: float = 1):
        place = self.places[name]
        with self.lock:
            if self.row is None:
                self._open()
            self.row[place] += amount

    def totals(self) -> dict[str, float]:
        """Return the sum over all processes, living and dead, by name."""
        with self.lock:
            if self.row is None:
                self._open()
            columns = len(self.places)
            return {name: sum(self.table[place::columns]) for name, place in self.places.items()}

    def _open(self):
        try:
            self._map()
        except OSError as error:
            # Each process then says what it has counted itself, which is better than nothing.
            logger.error("Figures of the processes cannot be kept together in DATA_DIR: %s.", error.strerror)
            self.row = self.table = array("d", bytes(WIDTH * len(self.places)))

    def _map(self):
        digest = hashlib.sha256("\n".join(self.places).encode()).hexdigest()[:12]
        columns = len(self.places)
        size = ROWS * columns * WIDTH
        file = os.open(Path(settings.DATA_DIR) / f"metrics-{digest}", os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(file).st_size < size:
            os.posix_fallocate(file, 0, size)  # room that were missing later would end the process
        number = _free_row(file)
        self.table = memoryview(mmap.mmap(file, size)).cast("d")
        self.row = self.table[number * columns : (number + 1) * columns]
        # The file stays open, since its lock would end with it.


def _free_row(file: int) -> int:
    for number in range(ROWS):
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            continue
        return number
    return ROWS - 1  # shared, and then not exact
