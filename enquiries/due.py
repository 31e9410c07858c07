from django.utils import timezone

from enquiries.mailing import mail
from enquiries.models import Enquiry
from publishing.due import every


@every(minutes=1)
def mail_what_waits():
    """Try again what could not be mailed, oldest first. A server that fails once is left alone until the next round."""
    for enquiry in Enquiry.objects.unmailed().filter(mail_next_at__lte=timezone.now()).order_by("received_at")[:100]:
        if not mail(enquiry):
            break


@every(hours=6)
def delete_what_is_past_retention():
    Enquiry.objects.past_retention().delete()
