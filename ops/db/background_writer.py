"""Counts are collected in this process and written by a thread some seconds later, so that no request waits for it."""

from threading import Lock, Timer

from django.db import connection


class BackgroundWriter:
    """Subclasses collect under `lock`, call `_write_soon`, and define `write`."""

    pause_seconds: float

    def __init__(self):
        self.lock = Lock()
        self.writer: Timer | None = None

    def write(self) -> None:
        raise NotImplementedError

    def _write_soon(self):
        """Start the thread if none waits already. The caller holds `lock`."""
        if self.writer is None:
            self.writer = Timer(self.pause_seconds, self._write_now)
            self.writer.daemon = True
            self.writer.start()

    def _write_now(self):
        self.writer = None
        try:
            self.write()
        finally:
            connection.close()
