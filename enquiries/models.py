"""What people write to us: saved first, mailed by a job after, kept for a stated time."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ops.mail.delivery import pause_after

REPEAT_WINDOW = timedelta(hours=1)
MESSAGE_LIMIT = 8000


class Kind(models.TextChoices):
    PROJECT = "project", "A project"
    QUESTION = "question", "A question"
    CORRECTION = "correction", "A mistake on this site"
    API_KEY = "api_key", "A key for the API"
    PRESS = "press", "Press"
    OTHER = "other", "Something else"


class State(models.TextChoices):
    NEW = "new", "New"
    IN_PROGRESS = "in_progress", "In progress"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    SUSPECTED = "suspected", "Suspected: looks like spam, nobody was mailed"
    SPAM = "spam", "Spam"


class EnquiryQuerySet(models.QuerySet):
    def new(self):
        return self.filter(state=State.NEW)

    def unmailed(self):
        """Those that somebody should still be told of: what has been taken up or put aside needs no mail."""
        return self.new().filter(mailed_at=None)

    def past_retention(self):
        """Those that nobody has touched for longer than they are kept (settings SPAM_DAYS and ENQUIRY_DAYS)."""
        now = timezone.now()
        old, older = (now - timedelta(days=days) for days in (settings.SPAM_DAYS, settings.ENQUIRY_DAYS))
        is_unwanted = Q(state__in=[State.SUSPECTED, State.SPAM])
        return self.filter(Q(is_unwanted, last_changed_at__lt=old) | Q(last_changed_at__lt=older))

    def repeated(self, values: dict) -> bool:
        """Whether the same was written within the hour."""
        return self.filter(repeat_key=repeat_key(values), received_at__gt=timezone.now() - REPEAT_WINDOW).exists()

    def take(self, values: dict):
        """Save what was written, once however often it is sent within an hour.

        The unique key decides, so that two processes cannot both save it. It falls from a row after an hour.
        """
        key = repeat_key(values)
        self.filter(repeat_key=key, received_at__lte=timezone.now() - REPEAT_WINDOW).update(repeat_key=None)
        self.get_or_create(repeat_key=key, defaults=values)


def repeat_key(values: dict) -> str:
    """The hash that two sendings of the same words by the same person share."""
    names = ["kind", "email", "name", "company", "message", "purpose", "volume"]
    text = "\0".join(" ".join(values.get(name, "").split()).casefold() for name in names)
    return hashlib.sha256(text.encode()).hexdigest()


class Enquiry(models.Model):
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PROJECT)
    name = models.CharField(max_length=100)
    email = models.EmailField("mail address")
    company = models.CharField(max_length=120, blank=True)
    message = models.TextField(max_length=MESSAGE_LIMIT)
    purpose = models.TextField("what the key is for", max_length=1000, blank=True)
    volume = models.CharField("expected volume", max_length=120, blank=True)
    came_from = models.CharField("page it came from", max_length=200, blank=True)
    received_at = models.DateTimeField("received", default=timezone.now, db_index=True)

    state = models.CharField(max_length=11, choices=State, default=State.NEW, db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who answers it."
    )
    note = models.TextField("internal note", max_length=4000, blank=True, help_text="The writer never sees it.")
    last_changed_at = models.DateTimeField("last changed", auto_now=True)

    mailed_at = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    mail_next_at = models.DateTimeField(default=timezone.now, editable=False)
    mail_error = models.CharField(max_length=300, editable=False)
    repeat_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - many have none

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="enquiry_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="enquiry_state_is_known"),
        ]

    def __str__(self):
        # Names nobody: the admin's history keeps these words after the enquiry itself was deleted.
        return f"Enquiry {self.pk}: {self.get_kind_display().lower()}"

    def claim_mail(self, now: datetime) -> bool:
        """Take the next attempt to mail this: of several callers at once, the database lets one through.

        The moment of the attempt after it is set beforehand, so that one which is killed is made up for.
        """
        mine = Enquiry.objects.unmailed().filter(pk=self.pk, mail_next_at__lte=now, mail_attempts=self.mail_attempts)
        # The limit keeps the column, which ends at 32,767, from overflowing.
        attempts = min(self.mail_attempts + 1, 30_000)
        return bool(mine.update(mail_next_at=now + pause_after(self.mail_attempts), mail_attempts=attempts))
