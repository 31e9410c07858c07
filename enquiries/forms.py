import re

from django import forms
from django.core.validators import RegexValidator

from enquiries.models import MESSAGE_LIMIT, Enquiry, EnquiryKind
from publishing.pages.public_forms import LinesField, OneLineField, PublicForm

# The characters of the site's own paths, which do not allow sentences.
LOCAL_PATH = re.compile(r"/|(?:/[a-z0-9_.~%-]+)+/?", re.IGNORECASE)
MAIL_LETTERS = RegexValidator(r"\A[^\s\"<>(),;:\\]+\Z")  # stricter than the standard: characters in actual use


def local_path(text: str) -> str:
    """Return `text` if it is a path on this site of at most 200 characters, else an empty text."""
    return text if len(text) <= 200 and LOCAL_PATH.fullmatch(text) else ""


class LocalPathField(forms.CharField):
    """The page that the sender came from. An invalid value becomes empty instead of an error."""

    def to_python(self, value: object) -> str:
        return local_path(super().to_python(value) or "")


class EnquiryForm(PublicForm, forms.ModelForm):
    """The contact form."""

    kind = forms.ChoiceField(
        label="Subject",
        choices=EnquiryKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what your message is about."},
    )
    name = OneLineField(
        label="Your name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        validators=[MAIL_LETTERS],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address such as name@example.com.",
        },
    )
    company = OneLineField(
        label="Company", required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    purpose = LinesField(label="What will you use the data for?", required=False, most=1000, rows=3)
    volume = OneLineField(
        label="How often will you send requests?",
        required=False,
        max_length=120,
        help_text="Roughly, for example “all models once a day”.",
    )
    message = LinesField(
        label="Your message",
        most=MESSAGE_LIMIT,
        rows=7,
        help_text="For a project:\nWhat is the task?\nHow is it done today, how often?\nWhen do you need to decide?",
        error_messages={"required": "Enter your message."},
    )
    came_from = LocalPathField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Enquiry
        fields = ["kind", "name", "email", "company", "purpose", "volume", "message", "came_from"]

    @property
    def shown_path(self) -> str:
        """Return the page that the sender came from, for new and for resubmitted forms."""
        return local_path(str(self["came_from"].value() or ""))

    def clean(self) -> dict:
        values = super().clean() or {}
        if values.get("kind") != EnquiryKind.API_KEY:
            values |= {"purpose": "", "volume": ""}
        elif not values.get("purpose") and "purpose" not in self.errors:
            self.add_error("purpose", "Describe in a sentence what you will use the data for.")
        return values
