"""Receive changes made by other hosts that share one PostgreSQL: a thread of each server process listens.

Triggers (ops.page_cache.triggers) notify of every change as its transaction commits, including those by another host, a
command elsewhere or manual SQL. Notifications sent while disconnected are lost, so each new connection counts as a
change. While there is no connection, pages are cached for only a second, which bounds how stale they can be.
"""

import logging
import threading
import time

from django.db import Error, connection

from ops.page_cache.content_version import content_version
from ops.page_cache.triggers import CHANNEL

logger = logging.getLogger(__name__)
BEAT_SECONDS = 2  # how often an idle connection is tested
PAUSE_SECONDS = 1
# A host that disappears is given up after some seconds, instead of hours by the system's defaults.
IMPATIENT = {
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
    "application_name": "page cache",
}


class Listener:
    """A LISTEN thread; `hears` says whether this process would receive a change made elsewhere."""

    def __init__(self):
        self.hears = False
        self.has_complained = False

    def start(self) -> None:
        threading.Thread(target=self._listen_for_ever, name="page cache", daemon=True).start()

    def _listen_for_ever(self):
        while True:
            try:
                self.listen()
            except Error as error:
                self._complain(error)
            self.hears = False
            time.sleep(PAUSE_SECONDS)

    def listen(self) -> None:
        """Listen until the connection is lost. Raises Error then."""
        own_connection = connection.copy()
        own_connection.settings_dict["OPTIONS"] = {**own_connection.settings_dict.get("OPTIONS", {}), **IMPATIENT}
        try:
            own_connection.ensure_connection()
            with own_connection.wrap_database_errors:
                self._hear(own_connection.connection)
        finally:
            own_connection.close()

    def _hear(self, driver):
        driver.execute(f"LISTEN {CHANNEL}")
        content_version.heard += 1
        self.hears, self.has_complained = True, False
        while True:
            for _ in driver.notifies(timeout=BEAT_SECONDS):
                content_version.heard += 1
            # Not a simpler query, since a pooler in between may have given the connection to another client.
            if not driver.execute("SELECT count(*) FROM pg_listening_channels()").fetchone()[0]:
                raise Error("the connection no longer listens")

    def _complain(self, error: Exception):
        if not self.has_complained:
            self.has_complained = True
            logger.warning(
                "Changes by other hosts are not heard of (%s). Pages are kept for a second only until they are.",
                " ".join(str(error).split()),
            )
