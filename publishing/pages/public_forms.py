"""Forms on public pages. They post to an address of their own and hold no token, since their page is the same for all;
nothing is taken that did not come from them, and a field that people do not see tells robots."""

from django import forms
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from ops.http.client_ip import client_address
from ops.http.errors import error_response, tried_later
from ops.http.outage import trouble_of
from ops.http.query_params import words
from ops.http.same_origin import is_from_this_site
from ops.limits.rate_limits import WINDOW_SECONDS, within_limit
from publishing.site.current import last_known_site

FORM_TYPE = "application/x-www-form-urlencoded"
ROBOT = "A field that people do not see was filled in, so this was taken for a robot’s and was not sent."
ROBOT_ADVICE = "If you are a person, go back, let no program fill in the form, and send it again."
ELSEWHERE = "This did not reach us from our own form, so it has not been sent yet. Look through it and send it again."


class NotTakenError(Exception):
    """Why a valid form is not taken: the status of the answer, and a sentence for its writer."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class PublicForm(forms.Form):
    """`website` is for robots: a person does not see it."""

    website = forms.CharField(
        label="Leave this field empty",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_from_robot(self) -> bool:
        return bool(self.data.get("website"))


class OneLineField(forms.CharField):
    """Words in one line: no character ends a line of a mail's head, whatever was sent."""

    def to_python(self, value):
        return words(super().to_python(value), 10_000)


class LinesField(forms.CharField):
    """A text in lines. Its length is said to whoever exceeds it; nothing is cut while pasting."""

    # Beside what can be printed: Persian and Hindi words are spelt with the joiners, and so are some emoji.
    KEPT = frozenset("\n\t\u200c\u200d")

    def __init__(self, *, most: int, rows: int, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "cols": 40}), **kwargs)
        self.most = most

    def to_python(self, value):
        text = super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")
        return "".join(letter for letter in text if letter.isprintable() or letter in self.KEPT)

    def validate(self, value):
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(f"Up to {self.most:,} characters fit here; this has {len(value):,}.")


# The page is the same for everybody, so it holds no token; where the form came from is checked instead.
@method_decorator(csrf_exempt, "dispatch")
class PublicFormView(View):
    """A page with a PublicForm, and the answers to what it sends.

    A view sets `template_name`, `body_limit` in bytes, `limit_name`, `most_per_hour`, and what is said: `too_long`,
    `too_many`, and `advice` on where the form is. It has `make_form(data)`, `get_context(form)`, and `take(form)`,
    which stores a valid form and returns the address to go to, or raises NotTakenError.
    """

    http_method_names = ("get", "head", "post")

    def check_limit(self):
        if not within_limit(self.limit_name, client_address(self.request), self.most_per_hour):
            raise NotTakenError(429, self.too_many)

    def get(self, request, **kwargs):
        return self._page(self.make_form(), 200)

    def post(self, request, **kwargs):
        # Both are asked before the body is read.
        if request.content_type != FORM_TYPE:
            return error_response(request, 400, "This is not what our form sends.", self.advice)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if len(length) > 9 or int(length) > self.body_limit:
            return error_response(request, 413, self.too_long)
        form = self.make_form(request.POST)
        if form.is_from_robot:
            return error_response(request, 400, ROBOT, ROBOT_ADVICE)
        is_valid = form.is_valid()
        try:
            if not is_from_this_site(request):
                raise NotTakenError(403, ELSEWHERE)
            return HttpResponseRedirect(self.take(form)) if is_valid else self._page(form, 422)
        except NotTakenError as error:
            form.add_error(None, error.sentence)
            response = self._page(form, error.status)
            if error.status == 429:
                response.headers["Retry-After"] = str(WINDOW_SECONDS)
            return response
        except (DatabaseError, InterfaceError) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            form.add_error(None, f"{trouble.refusal} Send it again in some minutes.")
            # Built without the database, as far as that is possible.
            request.site_settings = last_known_site()
            return tried_later(self._page(form, 503))

    def _page(self, form, status: int) -> HttpResponse:
        """The form. An answer to what was sent holds the sender's words, so nobody keeps it (ops.http.middleware)."""
        return render(self.request, self.template_name, self.get_context(form), status=status)
