"""Redirect old addresses to the current ones, and handle exceptions of views."""

from django.http import HttpResponsePermanentRedirect

from ops.http.errors import answer_to, answer_to_staff, gone
from ops.http.middleware import Middleware, is_admin
from ops.http.urls import with_query
from publishing.content.redirect import Redirect
from publishing.quality.misses import note_address


class RedirectMiddleware(Middleware):
    """For pages that are not found: redirect from an old address to the current one, or respond 410 if retired."""

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"} or is_admin(request):
            return response
        redirect = Redirect.objects.answer(request.path_info) if "\x00" not in request.path_info else None
        if redirect is None:
            note_address(request)
            return response
        Redirect.objects.count_hit(request.path_info)
        if redirect.is_gone:
            return gone(request)
        if (destination := redirect.destination) is None:
            return response
        return HttpResponsePermanentRedirect(with_query(destination, request.META.get("QUERY_STRING", "")))

    def process_exception(self, request, exception):
        answer = answer_to(request, exception)
        return answer_to_staff(request, exception) if answer is None and is_admin(request) else answer
