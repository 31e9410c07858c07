"""Counters of what readers miss, which never delay a response.

Counts are collected in this process and written by a background thread some seconds later, so that a busy, unreachable
or read-only database costs readers no time. If the process is killed, those seconds are lost. The network of a reader
is remembered in memory only, for an hour: each reader counts once, and one client alone cannot fill the list.
"""

import logging
import threading
import time

from django.db import DatabaseError, connection

from ops.http.client_ip import client_address, network_of
from publishing.content.miss import Miss

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 10
MOST_PENDING = 200
# Counted entries per network and hour, and the number of networks remembered. Further networks wait for the next hour.
MOST_PER_NETWORK, MOST_NETWORKS = 20, 5_000
HOUR_SECONDS = 3600


class BatchedCounter:
    """Counts how many readers missed each entry, for one kind of miss."""

    def __init__(self, kind: Miss.Kind):
        self.kind = kind
        self.lock = threading.Lock()
        self.pending: dict[str, list] = {}
        self.asked_by: dict[str, set[str]] = {}  # network: what it asked for in the current hour
        self.hour = 0
        self.writer: threading.Thread | None = None

    def count(self, request, asked: str, came_from: str = ""):
        """Count the reader who made `request`, once an hour per `asked`. No queries."""
        network = network_of(client_address(request))
        hour = int(time.time() // HOUR_SECONDS)
        with self.lock:
            if hour != self.hour:
                self.hour = hour
                self.asked_by.clear()
            if not self._has_room(network, asked):
                return
            self.asked_by.setdefault(network, set()).add(asked)
            entry = self.pending.setdefault(asked, [0, ""])
            entry[0] += 1
            entry[1] = came_from or entry[1]
            if self.writer is None:
                self.writer = threading.Thread(target=self._write_later, name="misses", daemon=True)
                self.writer.start()

    def _has_room(self, network: str, asked: str) -> bool:
        before = self.asked_by.get(network)
        if before is None:
            return len(self.asked_by) < MOST_NETWORKS and self._is_room_for(asked)
        return asked not in before and len(before) < MOST_PER_NETWORK and self._is_room_for(asked)

    def _is_room_for(self, asked: str) -> bool:
        return asked in self.pending or len(self.pending) < MOST_PENDING

    def _write_later(self):
        time.sleep(PAUSE_SECONDS)
        with self.lock:
            self.writer = None
        try:
            self.write()
        finally:
            connection.close()

    def write(self):
        """Write the pending counts. They are only hints: if the database refuses them, they are dropped."""
        with self.lock:
            asked, self.pending = self.pending, {}
        if asked:
            try:
                Miss.objects.add(self.kind, {text: tuple(entry) for text, entry in asked.items()})
            except DatabaseError:
                logger.warning("What readers missed could not be noted.", exc_info=True)
