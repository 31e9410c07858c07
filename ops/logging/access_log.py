"""Log and count each request, if enabled: a line in the log (ACCESS_LOG), metrics (METRICS_TOKEN).

It wraps the whole application, so it also sees responses from the page cache. Without either setting the application is
not wrapped.
"""

import logging
import time

from django.conf import settings

from ops.metrics.requests import note_request

PAGE_CACHE = "vitrine.page_cache"  # the WSGI environ key where ops.page_cache reports "hit" or "miss"

logger = logging.getLogger("publishing.access")


def with_request_log(application):
    """Return a WSGI application that logs the responses of `application`; itself if both settings are off."""
    if not (settings.ACCESS_LOG or settings.METRICS_TOKEN):
        return application

    def logging_application(environ, start_response):
        environ[PAGE_CACHE] = ""
        begun, said = time.perf_counter(), {"status": 500, "headers": []}

        def start(status, headers, *exception):
            said.update(status=int(status[:3]), headers=headers)
            return start_response(status, headers, *exception)

        try:
            return application(environ, start)
        finally:
            # For a large file that is streamed: the time until its first part.
            seconds = time.perf_counter() - begun
            if settings.METRICS_TOKEN:
                note_request(environ["PATH_INFO"], said["status"], seconds, environ[PAGE_CACHE])
            if settings.ACCESS_LOG:
                log_request(environ, said["status"], said["headers"], seconds)

    return logging_application


def log_request(environ, status: int, headers, seconds: float):
    """Log the path without its query, which may hold private text."""
    path = environ["PATH_INFO"].encode("latin-1", "replace").decode(errors="replace")
    method, milliseconds = environ["REQUEST_METHOD"], round(seconds * 1000, 1)
    number = next((value for name, value in headers if name.lower() == "x-request-id"), "")
    event = {"method": method, "path": path, "status": status, "milliseconds": milliseconds}
    logger.info("%s %s %s %s ms", method, path, status, milliseconds, extra={"event": event, "request_id": number})
