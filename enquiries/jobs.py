from django.utils import timezone

from enquiries.mailing import mail
from enquiries.models import Enquiry
from ops.jobs.scheduler import register_job

AT_ONCE = 100


@register_job(minutes=1)
def send_pending_enquiries():
    """Mail new enquiries, oldest first. If the mail server fails, the rest waits until the next run."""
    due = Enquiry.objects.unmailed().filter(mail_next_at__lte=timezone.now())
    for enquiry in due.order_by("received_at")[:AT_ONCE]:
        if not mail(enquiry):
            break


@register_job(hours=6)
def delete_expired_enquiries():
    Enquiry.objects.past_retention().delete()
