"""CORS: let programs in browsers on any site read what is public: the API, feeds, Markdown and the partners' files.

The headers are the same for every reader and every origin, so cached pages have them too. Browsers send no cookies
along with such requests, and do not show scripts a response to a request with cookies.
"""

import re

from django.http import HttpRequest, HttpResponse

from ops.http.middleware import Middleware, is_admin

FOR_PROGRAMS = re.compile(r"/(?:api|partners)/|/.*\.(?:md|rss|atom|json|ics|csv|txt)\Z")
# Headers besides those that scripts may always read, such as Content-Type and Last-Modified.
READABLE = (
    *("ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-ID"),
    *("Accept-Ranges", "Content-Range", "Content-Encoding", "Location"),
)
SENT = ("Authorization", "Content-Type", "If-None-Match", "If-Match", "If-Range", "Range", "X-Request-ID")
SHARED = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(READABLE)}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": ", ".join(SENT),
    "Access-Control-Max-Age": "86400",
}


def is_for_programs(request: HttpRequest) -> bool:
    return bool(FOR_PROGRAMS.match(request.path_info)) and not is_admin(request)


class CrossOriginMiddleware(Middleware):
    """Answers OPTIONS with 204, without keys and quotas, and adds the headers to all other responses, errors too."""

    def __call__(self, request):
        if not is_for_programs(request):
            return self.get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers=PREFLIGHT)
            del response.headers["Content-Type"]
        else:
            response = self.get_response(request)
        for name, value in SHARED.items():
            response.headers[name] = value
        return response
