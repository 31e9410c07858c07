"""Forms on public pages. They post to an address of their own and have no CSRF token, since their page is cached for
all; the origin of the request is checked instead, and a hidden field catches bots."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from ops.http.client_ip import client_address
from ops.http.errors import error_response, tried_later
from ops.http.outage import outage_of
from ops.http.query_params import words
from ops.limits.rate_limits import WINDOW_SECONDS, within_limit
from publishing.site.current import last_known_site

FORM_TYPE = "application/x-www-form-urlencoded"
ROBOT = "Not sent: a hidden field was filled in, which usually means a robot. "
ROBOT_ADVICE = "Otherwise go back, turn off automatic form filling and send it again."
ELSEWHERE = "Not sent yet: the form came from another site. Check it and send it again."


class SubmissionRejectedError(Exception):
    """A valid form is rejected, with the status of the response, a sentence for the sender, and when to try again."""

    def __init__(self, status: int, sentence: str, retry_seconds: int | None = None):
        super().__init__(sentence)
        self.status, self.sentence, self.retry_seconds = status, sentence, retry_seconds


class PublicForm(forms.Form):
    """A form with the honeypot `website`, a field that people do not see."""

    website = forms.CharField(
        label="Leave this field empty",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )


class OneLineField(forms.CharField):
    """A single line of text without line breaks, so that it cannot inject e-mail headers."""

    def to_python(self, value: str | None) -> str:
        return words(super().to_python(value) or "", 10_000)


class LinesField(forms.CharField):
    """A text of several lines. A text that is too long causes an error; the browser does not cut what is pasted."""

    # Kept besides printable characters: Persian and Hindi words are spelt with the joiners, and so are some emoji.
    KEPT = frozenset("\n\t\u200c\u200d")

    def __init__(self, *, most: int, rows: int, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "cols": 40}), **kwargs)
        self.most = most

    def to_python(self, value: str | None) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return "".join(letter for letter in text if letter.isprintable() or letter in self.KEPT)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(f"The maximum is {self.most:,} characters; this has {len(value):,}.")


# The page is cached for all, so it has no CSRF token; the origin of the request is checked instead.
@method_decorator(csrf_exempt, "dispatch")
class PublicFormView(View):
    """A page with a form. `take` stores it and returns where to redirect, or raises SubmissionRejectedError."""

    template_name: str
    limit_name: str
    most_per_hour: int
    body_limit: int  # bytes
    too_long: str
    too_many: str
    advice: str  # where the form is
    make_form: Callable[..., PublicForm]
    get_context: Callable[[Any], dict]
    take: Callable[[Any], str]

    http_method_names = ("get", "head", "post")

    def check_limit(self) -> None:
        if not within_limit(self.limit_name, client_address(self.request), self.most_per_hour):
            raise SubmissionRejectedError(429, self.too_many, WINDOW_SECONDS)

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        return self._page(self.make_form(), 200)

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        # Both checks come before the body is read.
        if request.content_type != FORM_TYPE:
            return error_response(request, 400, "The form data is invalid. Reload the page and try again.", self.advice)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if len(length) > 9 or int(length) > self.body_limit:
            return error_response(request, 413, self.too_long)
        form = self.make_form(request.POST)
        if form.data.get("website"):
            return error_response(request, 400, ROBOT, ROBOT_ADVICE)
        is_valid = form.is_valid()
        try:
            if not is_from_this_site(request):
                raise SubmissionRejectedError(403, ELSEWHERE)
            return HttpResponseRedirect(self.take(form), status=303) if is_valid else self._page(form, 422)
        except SubmissionRejectedError as error:
            form.add_error(None, error.sentence)
            response = self._page(form, error.status)
            if error.retry_seconds:
                response.headers["Retry-After"] = str(error.retry_seconds)
            return response
        except (DatabaseError, InterfaceError) as error:
            trouble = outage_of(error)
            if trouble is None:
                raise
            form.add_error(None, f"{trouble.refusal} Send it again in a few minutes.")
            # Rendered without the database, as far as possible.
            request.site_settings = last_known_site()  # pyright: ignore[reportAttributeAccessIssue] read by site_of()
            return tried_later(self._page(form, 503))

    def _page(self, form, status: int) -> HttpResponse:
        """Render the form. A response to a submission contains personal data and is not cached
        (ops.http.middleware)."""
        return render(self.request, self.template_name, self.get_context(form), status=status)


def is_from_this_site(request) -> bool:
    """Return whether all headers that name the origin of a request name this site, and at least one is present.

    All browsers since 2020 send Origin, since 2023 also Sec-Fetch-Site; older ones send at least a Referer.
    """
    fetched_from, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if fetched_from is not None and fetched_from != "same-origin":
        return False
    if origin is not None:
        return origin in _own_origins(request)
    return fetched_from is not None or _origin_of(request.headers.get("Referer", "")) in _own_origins(request)


def _own_origins(request) -> set[str]:
    """Return the public origin and that of this request, whose host ALLOWED_HOSTS has accepted."""
    return {settings.SITE_URL, f"{request.scheme}://{request.get_host()}".lower()}


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
