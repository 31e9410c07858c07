"""Mails about new enquiries, and their deletion after the retention period."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from enquiries.models import Enquiry, EnquiryKind
from ops.http.urls import absolute
from ops.jobs.scheduler import register_job
from ops.mail import is_mail_configured, send
from publishing.site.models import SiteSettings


def mail(enquiry: Enquiry) -> bool:
    """Mail it unless it was sent or is being sent. Returns False, with the error stored, if the mail server failed."""
    recipients = SiteSettings.objects.current().recipients
    if not is_mail_configured() or not recipients or not enquiry.claim_mail():
        return True
    error = send(message_about(enquiry, recipients), f"enquiry {enquiry.pk}")
    done = {"mail_error": error} if error else {"mailed_at": timezone.now(), "mail_error": ""}
    Enquiry.objects.filter(pk=enquiry.pk).update(**done)
    return not error


def message_about(enquiry: Enquiry, recipients: list[str]) -> EmailMessage:
    """Return the mail, with the sender of the enquiry as Reply-To. Its headers contain only single-line values."""
    url = absolute(reverse("admin:enquiries_enquiry_change", args=[enquiry.pk]))
    context = {"enquiry": enquiry, "came_from": absolute(enquiry.came_from), "url": url}
    return EmailMessage(
        subject=f"{EnquiryKind(enquiry.kind).label}: {enquiry.name} ({enquiry.receipt})",
        body=render_to_string("enquiries/mail.txt", context),
        to=recipients,
        reply_to=[enquiry.email],
    )


AT_ONCE = 100


@register_job(minutes=1)
def send_pending_enquiries():
    """Mail new enquiries, oldest first. If the mail server fails, the rest waits until the next run."""
    for enquiry in Enquiry.objects.due_for_mail().order_by("received_at")[:AT_ONCE]:
        if not mail(enquiry):
            break


@register_job(hours=6)
def delete_expired_enquiries():
    Enquiry.objects.past_retention().delete()
