"""The call to action of a page: from the article, else from its topic, else from the site."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.validators import RegexValidator
from django.db import models

from ops.http.urls import route

if TYPE_CHECKING:
    from publishing.site.models import SiteSettings

# A path of this site, an http(s) URL or a mail address: nothing that a browser would execute.
ADDRESS = r"\A(?:/(?!/)[^\s\\]*|https?://[^\s\\]+|mailto:[^\s\\]+)\Z"


class CallToAction(models.Model):
    """Fields that may all be empty: the page then uses those of the record above it, and finally those of the site."""

    call_title = models.CharField("heading", max_length=120, blank=True, help_text="A question or an offer.")
    call_text = models.TextField("text", max_length=400, blank=True)
    call_label = models.CharField("link text", max_length=40, blank=True, help_text="What happens next.")
    call_address = models.CharField(
        "link address",
        max_length=300,
        blank=True,
        validators=[
            RegexValidator(ADDRESS, "For example /services/ for a page of this site, or https://… for another.")
        ],
        help_text="If empty, the contact form, which then names the referring page.",
    )

    class Meta:
        abstract = True


FIELDS = ("title", "text", "label", "address")
CALL_COLUMNS = tuple(f"call_{name}" for name in FIELDS)


@dataclass(frozen=True)
class CallToActionLink:
    title: str
    text: str
    label: str
    address: str


def call_to_action(site: "SiteSettings", path: str, records: Iterable | None = ()) -> CallToActionLink:
    """Return the call for `path`, each field from the first of `records` (CallToAction, links) with it. No queries."""
    field_values = {name: next(filter(None, (_field(record, name) for record in records or ())), "") for name in FIELDS}
    return CallToActionLink(
        title=field_values["title"] or site.shown_call_title,
        text=field_values["text"] or site.shown_call_text,
        label=field_values["label"] or site.shown_call_label,
        address=field_values["address"] or contact_address(path),
    )


def contact_address(path: str, **chosen: str) -> str:
    """Return the URL of the contact form with the page that the reader came from."""
    return f"{route('contact')}?{urlencode({**chosen, 'from': path}, safe='/')}"


def _field(record, name: str) -> str:
    return getattr(record, name) if isinstance(record, CallToActionLink) else getattr(record, f"call_{name}")
