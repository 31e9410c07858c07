"""Taking an enquiry in: the row and the task that mails it are saved together or not at all."""

from django.db import transaction

from enquiries.models import Enquiry, State
from enquiries.suspicion import reasons_to_suspect
from enquiries.tasks import mail_enquiry


def receive(values: dict) -> Enquiry:
    """Save what was written and have it mailed; the same words within an hour are the same enquiry."""
    if reasons := reasons_to_suspect(values):
        values = values | {"state": State.SUSPECTED, "note": f"Held back by the site: {', '.join(reasons)}."}
    with transaction.atomic():
        enquiry, is_new = Enquiry.objects.take(values)
        if is_new and enquiry.state == State.NEW:
            mail_enquiry.enqueue(enquiry.pk)
    return enquiry
