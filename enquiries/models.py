"""Enquiries: saved first, then mailed by a job, and deleted after the retention period."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ops.db.queryset import QuerySet
from ops.jobs.claims import lapsed

REPEAT_WINDOW = timedelta(hours=1)
MAIL_PAUSE = timedelta(minutes=10)  # between two attempts, also if the process was killed during the first
MESSAGE_LIMIT = 8000


# Capital letters and digits that are not mistaken for each other when read aloud.
RECEIPT_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_receipt() -> str:
    """Return a receipt number such as K7MQ-42XP. It is random, so that it says nothing of other enquiries."""
    half = ("".join(secrets.choice(RECEIPT_SIGNS) for _ in range(4)) for _ in range(2))
    return "-".join(half)


class EnquiryKind(models.TextChoices):
    PROJECT = "project", "A project"
    QUESTION = "question", "A question"
    CORRECTION = "correction", "A correction"
    API_KEY = "api_key", "An API key"
    PRESS = "press", "Press"
    OTHER = "other", "Something else"


class EnquiryState(models.TextChoices):
    NEW = "new", "New"
    IN_PROGRESS = "in_progress", "In progress"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    SUSPECTED = "suspected", "Suspected spam, no email sent"
    SPAM = "spam", "Spam"


class EnquiryQuerySet(QuerySet["Enquiry"]):
    def unmailed(self) -> "EnquiryQuerySet":
        """Return new enquiries whose mail was not sent; others need no mail."""
        return self.filter(state=EnquiryState.NEW, mailed_at=None)

    def due_for_mail(self) -> "EnquiryQuerySet":
        is_due = Q(mail_tried_at=None) | lapsed("mail_tried_at", MAIL_PAUSE)
        return self.unmailed().filter(is_due)

    def past_retention(self) -> "EnquiryQuerySet":
        """Return enquiries that did not change for the retention period (settings SPAM_DAYS and ENQUIRY_DAYS)."""
        now = timezone.now()
        old, older = (now - timedelta(days=days) for days in (settings.SPAM_DAYS, settings.ENQUIRY_DAYS))
        is_unwanted = Q(state__in=[EnquiryState.SUSPECTED, EnquiryState.SPAM])
        return self.filter(Q(is_unwanted, last_changed_at__lt=old) | Q(last_changed_at__lt=older))

    def repeated(self, values: dict) -> bool:
        """Return whether the same enquiry was received within the hour."""
        return self.filter(repeat_key=repeat_key(values), received_at__gt=timezone.now() - REPEAT_WINDOW).exists()

    def take(self, values: dict) -> "Enquiry":
        """Save the enquiry, only once if it is sent repeatedly within an hour, and return it.

        The unique key prevents two processes from saving the same one. It is removed from a row after an hour.
        """
        key = repeat_key(values)
        self.filter(repeat_key=key, received_at__lte=timezone.now() - REPEAT_WINDOW).update(repeat_key=None)
        return self.get_or_create(repeat_key=key, defaults=values)[0]


def repeat_key(values: dict) -> str:
    """Return a hash that is the same for repeated submissions of one enquiry."""
    names = ["kind", "email", "name", "company", "message", "purpose", "volume"]
    text = "\0".join(" ".join(values.get(name, "").split()).casefold() for name in names)
    return hashlib.sha256(text.encode()).hexdigest()


class Enquiry(models.Model):
    kind = models.CharField(max_length=10, choices=EnquiryKind, default=EnquiryKind.PROJECT)
    name = models.CharField(max_length=100)
    email = models.EmailField("email address")
    company = models.CharField(max_length=120, blank=True)
    message = models.TextField(max_length=MESSAGE_LIMIT)
    purpose = models.TextField("purpose of the key", max_length=1000, blank=True)
    volume = models.CharField("expected volume", max_length=120, blank=True)
    came_from = models.CharField("referring page", max_length=200, blank=True)
    received_at = models.DateTimeField("received", default=timezone.now, db_index=True)
    receipt = models.CharField("receipt number", max_length=9, default=new_receipt, unique=True, editable=False)

    state = models.CharField(max_length=11, choices=EnquiryState, default=EnquiryState.NEW, db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="User who answers it.",
    )
    note = models.TextField("internal note", max_length=4000, blank=True, help_text="Not visible to the sender.")
    last_changed_at = models.DateTimeField("last changed", auto_now=True)

    mailed_at = models.DateTimeField(null=True, editable=False)
    mail_tried_at = models.DateTimeField(null=True, editable=False)
    mail_error = models.CharField(max_length=300, editable=False)
    repeat_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - many have none

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EnquiryKind.values), name="enquiry_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=EnquiryState.values), name="enquiry_state_is_known"),
        ]

    def __str__(self):
        # Without a name, because the admin's history keeps this text after the enquiry was deleted.
        return f"Enquiry {self.pk}: {EnquiryKind(self.kind).label.lower()}"

    def claim_mail(self) -> bool:
        """Claim the next attempt to send the mail; of concurrent callers only one gets it."""
        mine = Enquiry.objects.due_for_mail().filter(pk=self.pk)
        return bool(mine.update(mail_tried_at=timezone.now()))
