"""The middleware of the API: keys, quotas and caching headers of every request."""

from django.utils.cache import patch_cache_control, patch_vary_headers

from ops.http.errors import NamedProblem, error_response, is_api
from publishing.api.keys import key_of, note_use
from publishing.api.quotas import quota_of


class ApiAccessMiddleware:
    """Checks keys and quotas. It comes before the middleware that answers 304, since those requests are free."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_api(request):
            return self.get_response(request)
        key, problem = None, None
        try:
            key = key_of(request)
        except NamedProblem as error:
            problem = error
        quota = quota_of(request, key)
        if quota and not quota.is_within:
            problem = quota_exceeded(quota)
        if problem:
            words, name = str(problem.detail), problem.problem_name
            response = error_response(request, problem.status_code, words, name=name, headers=problem.headers)
        else:
            response = self.get_response(request)
            if response.status_code == 304 and quota:
                quota = quota.give_back()
        for name, value in (quota.headers if quota else {}).items():
            response.headers[name] = value
        mark_private(request, response)
        if key:
            note_use(key)
        return response


def quota_exceeded(quota) -> NamedProblem:
    words = f"{quota.limit} requests in {quota.window_seconds} seconds are used up."
    detail = f"{words} Wait {quota.reset_seconds} seconds. A 304 does not count."
    return NamedProblem(429, "rate-limit-exceeded", detail, {"Retry-After": str(quota.reset_seconds)})


def mark_private(request, response):
    """Keep caches from serving a response to others if it was refused or contains the quota of a client."""
    patch_vary_headers(response, ["Authorization"])
    if not response.has_header("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    elif "Authorization" in request.headers and "no-store" not in response.headers["Cache-Control"]:
        patch_cache_control(response, private=True)
