"""Read the body of a request before anything else is done with it: within a limit of size, and only a few at once.

The server's read() waits until the client has sent all, without a limit of time, and cannot be given up
(docs/adr/015-threads-and-turns.md). So slow clients can keep others from sending, but not from reading.
"""

import threading

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError

from ops.http.errors import error_response, is_api, tried_later
from ops.http.middleware import Middleware
from ops.limits.turns import RETRY_SECONDS

MOST_ANONYMOUS_BYTES = 1_000_000
# Of the threads that `manage.py serve` gives each process; behind a proxy that buffers, a body is there at once.
MOST_AT_ONCE = 4
WAIT_SECONDS = 0.5
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class RequestBodyMiddleware(Middleware):
    """Refuses bodies that are too long, and more slow ones at once. After authentication: only staff may upload.

    Requests that change nothing may have a body, but nothing reads it.
    """

    def __call__(self, request):
        text = request.META.get("CONTENT_LENGTH") or "0"
        length = int(text) if text.isdecimal() and len(text) < 16 else 0  # as Django reads it: 0 is no body
        if not length or request.method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
            return self.get_response(request)
        most = MOST_ANONYMOUS_BYTES
        if length > most and request.user.is_authenticated:
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > most:
            return refusal(request, 413, f"This has more than {most:,} bytes, the most that can be sent here.")
        if not _places.acquire(timeout=WAIT_SECONDS):
            message = "Too much is being sent to the site at the moment, so this was not saved."
            return tried_later(refusal(request, 503, message), RETRY_SECONDS)
        try:
            is_whole = len(request.body) == length
        except UnreadablePostError:
            is_whole = False
        finally:
            _places.release()
        if not is_whole:  # the client has gone
            return refusal(request, 400, "The request broke off.")
        return self.get_response(request)


def refusal(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """Return an error response; scripts of our forms, which send JSON, get JSON."""
    if request.content_type == "application/json" and not is_api(request):
        return JsonResponse({"problem": message}, status=status)
    return error_response(request, status, message)
