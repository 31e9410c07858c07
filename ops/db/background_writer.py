"""Counts that are collected in this process and written by a thread some seconds later, so that a busy, unreachable or
read-only database costs readers no time."""

import threading
import time

from django.db import connection


class BackgroundWriter:
    """Subclasses collect under `lock`, call `_write_soon`, and write in `write`."""

    def __init__(self, name: str, pause_seconds: float):
        self.name, self.pause_seconds = name, pause_seconds
        self.lock = threading.Lock()
        self.writer: threading.Thread | None = None

    def write(self) -> None:
        raise NotImplementedError

    def _write_soon(self):
        """Start the thread if none waits already. The caller holds `lock`."""
        if self.writer is None:
            self.writer = threading.Thread(target=self._write_later, name=self.name, daemon=True)
            self.writer.start()

    def _write_later(self):
        time.sleep(self.pause_seconds)
        with self.lock:
            self.writer = None
        try:
            self.write()
        finally:
            connection.close()
