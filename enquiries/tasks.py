from django.tasks import task

from enquiries.mailing import mail
from enquiries.models import Enquiry


@task()
def mail_enquiry(pk: int):
    """Tell us of one enquiry, soon after it was saved. What fails here is tried again by `enquiries.jobs`."""
    for enquiry in Enquiry.objects.filter(pk=pk):
        mail(enquiry)
