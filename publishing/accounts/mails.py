"""E-mails to staff, queued as tasks that store only keys. Texts and links are generated when a mail is sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ops.mail import send
from publishing.accounts.invitations import password_link
from publishing.content.people import name_of
from publishing.site.models import SiteSettings

INVITED, RESET = "invited", "reset"
ONE_RESET_IN = timedelta(minutes=5)
MOST_ATTEMPTS = 48
LONGEST_PAUSE = timedelta(hours=6)  # between two of them


def queue_mails(kind: str, recipients: Iterable[User], about: int, at: datetime | None = None) -> None:
    """Queue a mail to each of `recipients` with an address, once the caller's transaction is committed.

    It is sent from `at` on. `about` is the key of the revision, the comment or the inviter, or the timestamp of the
    request for a new password.
    """
    for person in recipients:
        if person.email:
            send_queued_mail.using(run_after=at).enqueue(kind, person.pk, about)


@task()
def send_queued_mail(kind: str, person_pk: int, about: int, attempts: int = 0):
    """Send a mail to one person unless it is obsolete. Retries for ten days while mail is not configured or fails."""
    person = User.objects.filter(pk=person_pk, is_active=True).first()
    message = person and message_of(kind, person, about)
    if not message:
        return
    error = send(message, f"the kind “{kind}”")
    if error and attempts < MOST_ATTEMPTS:
        later = timezone.now() + min(timedelta(minutes=2 ** min(attempts, 10)), LONGEST_PAUSE)
        send_queued_mail.using(run_after=later).enqueue(kind, person_pk, about, attempts + 1)


@task()
def queue_password_resets(address: str) -> None:
    """Send a link for a new password to the accounts with this address, at most one per account in five minutes."""
    for person in User.objects.filter(email__iexact=address, is_active=True, is_staff=True):
        recent = DBTaskResult.objects.filter(
            task_path=send_queued_mail.module_path,
            enqueued_at__gt=timezone.now() - ONE_RESET_IN,
            args_kwargs__args__0=RESET,
            args_kwargs__args__1=person.pk,
        )
        if person.has_usable_password() and not recent.exists():
            queue_mails(RESET, [person], int(timezone.now().timestamp()))


def message_of(kind: str, person: User, about: int) -> EmailMessage | None:
    """Return the mail as of now; None if it is obsolete or the recipient may no longer receive it."""
    written = WORDS[kind](person, about)
    if written is None:
        return None
    subject, context = written
    site = SiteSettings.objects.current().shown_name
    shared = {"person": person, "name": name_of(person), "site": site, "site_url": settings.SITE_URL}
    return EmailMessage(
        subject=" ".join(f"{subject} · {site}".split()),
        body=render_to_string(f"mails/{kind}.txt", shared | context),
        to=[person.email],
    )


def _invited(person, inviter_pk: int):
    if person.has_usable_password():
        return None
    inviter = User.objects.filter(pk=inviter_pk).first()
    return "Your invitation", {"inviter": name_of(inviter), **_link_for(person)}


def _reset(person, asked_at: int):
    if not person.has_usable_password() or asked_at < timezone.now().timestamp() - settings.PASSWORD_RESET_TIMEOUT:
        return None
    return "Reset password", _link_for(person)


def _link_for(person) -> dict:
    return {"link": password_link(person), "days": settings.PASSWORD_RESET_TIMEOUT // 86_400}


# By kind, the function that returns the subject and the context of mails/KIND.txt; other modules add theirs.
WORDS = {INVITED: _invited, RESET: _reset}
