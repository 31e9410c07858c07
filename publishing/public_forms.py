"""Forms on public pages. They post to an address of their own and hold no token, since their page is the same for all;
nothing is taken that did not come from them, and a field that people do not see tells robots."""

from django import forms
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse

from publishing.errors import error_response, tried_later
from publishing.outage import trouble_of
from publishing.parameters import words
from publishing.site import last_known_site

FORM_TYPE = "application/x-www-form-urlencoded"
ROBOT = "A field that people do not see was filled in, so this was taken for a robot’s and was not sent."
ROBOT_ADVICE = "If you are a person, go back, let no program fill in the form, and send it again."
ELSEWHERE = "This did not reach us from our own form, so it has not been sent yet. Look through it and send it again."


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


def refusal(request, most_bytes: int, advice: str, too_long: str) -> HttpResponse | None:
    """Return the answer to what no form of ours sends: another encoding, or far more than fits; None for all else.

    `advice` says where the form is. Asked before the body is read.
    """
    if request.content_type != FORM_TYPE:
        return error_response(request, 400, "This is not what our form sends.", advice)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if len(length) > 9 or int(length) > most_bytes:
        return error_response(request, 413, too_long)
    return None


def taken(request, form, take, page) -> HttpResponse:
    """Return `take()`'s answer to a form. Where the database takes nothing just now, it is the `page` of the form with
    what was written and why it was not sent, built without the database as far as that is possible."""
    try:
        return take()
    except (DatabaseError, InterfaceError) as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        form.add_error(None, f"{trouble.refusal} Send it again in some minutes.")
        request.site_settings = last_known_site()
        return tried_later(page(request, form, 503))
