"""Fields for a record's own call to action at the end of its page."""

from django.core.validators import RegexValidator
from django.db import models

# A path of this site, an http(s) URL or a mail address: nothing that a browser would execute.
ADDRESS = r"\A(?:/(?!/)[^\s\\]*|https?://[^\s\\]+|mailto:[^\s\\]+)\Z"


class CallToAction(models.Model):
    """Fields that may all be empty: the page then uses those of the record above it, and finally those of the site."""

    call_title = models.CharField(
        "heading", max_length=120, blank=True, help_text="What the reader may need now, as a question or an offer."
    )
    call_text = models.TextField("words below it", max_length=400, blank=True)
    call_label = models.CharField("words of the link", max_length=40, blank=True, help_text="Says what happens.")
    call_address = models.CharField(
        "where it leads",
        max_length=300,
        blank=True,
        validators=[RegexValidator(ADDRESS, "Write /services/ for a page of this site, or https://… for another.")],
        help_text="Empty: to the contact form, which then says from which page the reader came.",
    )

    class Meta:
        abstract = True
