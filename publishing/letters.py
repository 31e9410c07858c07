"""Mails to those who work on the site. They are saved with what they tell of, and sent by the worker after."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.tasks import task
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import capfirst

from publishing.addresses import absolute, change_url
from publishing.admin_pages import admin_url
from publishing.invitations import invitation_link
from publishing.mailing import deliver, is_mail_configured
from publishing.models import Act, Letter, Revision, SiteSettings, State, Verdict
from publishing.people import may_write, name_of
from publishing.roles import may_publish

KEPT_FOR = timedelta(days=30)  # once it was sent
ONE_RESET_IN = timedelta(minutes=5)


def write_letters(kind: Letter.Kind, recipients, **about):
    """Save a letter for each of `recipients` with a mail address, and have it sent; in the caller's transaction."""
    for person in recipients:
        if person.email:
            send_letter.enqueue(Letter.objects.create(kind=kind, recipient=person, **about).pk)


@task()
def send_letter(pk: int):
    """Send one letter soon after it was written. What fails here is tried again by `publishing.due`."""
    for letter in Letter.objects.filter(pk=pk):
        send(letter)


def send(letter: Letter) -> bool:
    """Send it, unless that was done, or what it tells of is over by now. Returns False where the mail server failed."""
    if not is_mail_configured():
        return True
    message = message_of(letter)
    if message is None:
        Letter.objects.unmailed().filter(pk=letter.pk).delete()
        return True
    return deliver(letter, message)


@task()
def write_reset_letters(address: str):
    """Let whoever has that mail address set a new password. Asked again within five minutes, one letter does."""
    for person in get_user_model().objects.filter(email__iexact=address, is_active=True, is_staff=True):
        since = timezone.now() - ONE_RESET_IN
        recent = Letter.objects.filter(kind=Letter.Kind.RESET, recipient=person, made_at__gt=since)
        if person.has_usable_password() and not recent.exists():
            write_letters(Letter.Kind.RESET, [person])


def tell_editors(revision: Revision):
    """Tell whoever may publish it that it was submitted, but for the one who submitted it."""
    editors = editors_of(revision.record.search_kind()).exclude(pk=revision.author_id)
    write_letters(Letter.Kind.SUBMITTED, editors, revision=revision)


def editors_of(model):
    """The people who decide what readers see of a kind."""
    action = "publish" if "publish" in model._meta.default_permissions else "change"
    people = get_user_model().objects.with_perm(
        f"{model._meta.app_label}.{action}_{model._meta.model_name}",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return people.filter(is_staff=True).order_by("pk")


# What they say ---------------------------------------------------------------------------------------


def message_of(letter: Letter) -> EmailMessage | None:
    """Return the mail as of now; None where nobody need be told any more, or may be."""
    if not letter.recipient.is_active:
        return None
    written = WORDS[letter.kind](letter)
    if written is None:
        return None
    subject, lines = written
    site = SiteSettings.objects.current().name_text
    return EmailMessage(
        subject=" ".join(f"{subject} · {site}".split()),
        body="\n".join([f"Hello {name_of(letter.recipient)},", "", *lines, "", "-- ", f"{site}, {settings.SITE_URL}"]),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.recipient.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _submitted(letter):
    revision = letter.revision
    record = revision.record
    head = record and Revision.objects.head(record)
    if (
        not head
        or record.deleted_at
        or head.state != State.IN_REVIEW
        or not may_publish(letter.recipient, record.search_kind())
    ):
        return None
    if Revision.objects.of(record).filter(act=Act.SUBMIT, pk__gt=revision.pk).exists():
        return None  # of which there is a letter of its own
    title = revision.content["fields"].get(record.title_field) or record
    lines = [
        f"{name_of(revision.author)} submitted a text for review.",
        "",
        f"{capfirst(record.search_kind()._meta.verbose_name)}: {title}",
        *([f"Note: {revision.note}"] if revision.note else []),
        "",
        f"Read it: {absolute(change_url(record))}",
        f"Say what you think of it: {absolute(review_url(record))}",
    ]
    return f"For review: {title}", lines


def _commented(letter):
    comment = letter.comment
    record = comment.record
    if record is None or record.deleted_at or not may_write(letter.recipient, record):
        return None
    title = comment.revision.content["fields"].get(record.title_field) or record
    said = {Verdict.CHANGES: "asks for changes of", Verdict.APPROVED: "approved"}.get(comment.verdict, "commented on")
    lines = [
        f"{name_of(comment.author)} {said} “{title}”.",
        *(["", comment.text] if comment.text else []),
        "",
        f"The text: {absolute(change_url(record))}",
        f"What was said of it: {absolute(review_url(record))}",
    ]
    subject = comment.get_verdict_display()
    return f"{subject}: {title}", lines


def _invited(letter):
    invitation = getattr(letter.recipient, "invitation", None)
    if invitation is None or invitation.accepted_at:
        return None
    lines = [
        f"{name_of(invitation.inviter)} invites you to work on this site. Choose a password here:",
        "",
        invitation_link(invitation),
        "",
        f"You sign in as {letter.recipient.get_username()}. The link works once, for {_days()}.",
    ]
    return "Your invitation", lines


def _reset(letter):
    person = letter.recipient
    asked_before = timezone.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if not person.has_usable_password() or letter.made_at < asked_before:
        return None
    key = urlsafe_base64_encode(force_bytes(person.pk))
    link = absolute(reverse("admin_password_reset_confirm", args=[key, default_token_generator.make_token(person)]))
    lines = [
        "Somebody asked for a new password for your account. If it was you, choose one here:",
        "",
        link,
        "",
        f"You sign in as {person.get_username()}. The link works once, for {_days()}.",
        "If it was not you, do nothing: your password stays as it is.",
    ]
    return "A new password", lines


def _days() -> str:
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return f"{days} days"


def review_url(record) -> str:
    return admin_url(record.search_kind(), "review", record.pk)


WORDS = {
    Letter.Kind.SUBMITTED: _submitted,
    Letter.Kind.COMMENTED: _commented,
    Letter.Kind.INVITED: _invited,
    Letter.Kind.RESET: _reset,
}
