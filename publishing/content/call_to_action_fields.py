"""Fields for a record's own call to action at the end of its page."""

from django.core.validators import RegexValidator
from django.db import models

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
