from enquiries.mailing import mail
from enquiries.models import Enquiry
from publishing.due import every
from publishing.mailing import deliver_waiting


@every(minutes=1)
def mail_what_waits():
    """Try again what could not be mailed, oldest first."""
    deliver_waiting(Enquiry.objects.unmailed().order_by("received_at"), mail)


@every(hours=6)
def delete_what_is_past_retention():
    Enquiry.objects.past_retention().delete()
