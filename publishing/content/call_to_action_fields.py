"""Words of a record's own for the call to action at the end of its page."""

from django.core.validators import RegexValidator
from django.db import models

# Of this site, or of another by https, or a mail address: nothing that a browser would run.
ADDRESS = r"\A(?:/(?!/)[^\s\\]*|https?://[^\s\\]+|mailto:[^\s\\]+)\Z"


class CallToAction(models.Model):
    """Each may be empty: the page then has the words of the record above it, in the end those of the site."""

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
