import re

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from enquiries.forms import EnquiryForm, local_path
from enquiries.models import RECEIPT_SIGNS, Enquiry, EnquiryKind, EnquiryState
from ops.http.decorators import safe_only
from ops.http.query_params import words
from publishing.content.registry import record_at
from publishing.pages.metadata import page_metadata
from publishing.pages.public_forms import PublicFormView
from publishing.search.synonyms import site_pages

TITLE = "Contact us"
DESCRIPTION = "A short message is enough: the task, how it is done today and when you need to decide."

SLUGS = re.compile(r"[a-z0-9-]+(?:,[a-z0-9-]+)*")
RECEIPT = re.compile(rf"[{RECEIPT_SIGNS}]{{4}}-[{RECEIPT_SIGNS}]{{4}}")


class ContactView(PublicFormView):
    """The contact form. `?from=` is the page that the sender came from, `?kind=` the preselected kind; the message
    begins with `?models=`, by their slugs, or `?searched=`, words without a result."""

    template_name = "enquiries/contact.html"
    body_limit = 256 * 1024
    too_long = "Your message is too long. Shorten it, and send the rest later."
    advice = "Use the form at /contact/."
    limit_name, most_per_hour = "enquiries", 30  # enough for an office behind one address
    too_many = "Too many messages were sent from your network within an hour. Try again in an hour."

    def make_form(self, data: QueryDict | None = None) -> EnquiryForm:
        kind = self.request.GET.get("kind", "")
        came_from = local_path(self.request.GET.get("from", ""))
        kind = kind if kind in EnquiryKind.values else EnquiryKind.PROJECT
        models = self.request.GET.get("models", "")[:2500]
        message = f"We use these models: {models.replace(',', ', ')}.\n\n" if SLUGS.fullmatch(models) else ""
        if searched := words(self.request.GET.get("searched", "")):
            message = f"I looked for “{searched}” on your site.\n\n"
        return EnquiryForm(data, initial={"kind": kind, "came_from": came_from, "message": message})

    def take(self, form: EnquiryForm) -> str:
        values = form.cleaned_data
        values.pop("website")
        if not Enquiry.objects.repeated(values):
            self.check_limit()
        if reasons := reasons_to_suspect(values):
            values |= {"state": EnquiryState.SUSPECTED, "note": f"Suspected spam: {', '.join(reasons)}."}
        enquiry = Enquiry.objects.take(values)
        return f"{reverse('contact-thanks')}?receipt={enquiry.receipt}"

    def get_context(self, form: EnquiryForm) -> dict:
        # With errors the page is also shown while the database does not answer.
        record = None if form.errors else record_at(form.shown_path)
        title = f"Not sent yet: {TITLE.lower()}" if form.errors else TITLE
        metadata = page_metadata(self.request, title, DESCRIPTION)
        titles = {page.address: page.title for page in site_pages()}
        about = record if record and record.is_public else titles.get(form.shown_path, "")
        return {"title": TITLE, "summary": DESCRIPTION, "form": form, "about": about, "metadata": metadata}


@safe_only
def thanks(request: HttpRequest) -> HttpResponse:
    """Say what happens next. The receipt number comes from the address, so that no personal data is asked for."""
    receipt = request.GET.get("receipt", "")
    metadata = page_metadata(request, "Your message was sent", "What happens next.", is_indexable=False)
    context = {"metadata": metadata, "receipt": receipt if RECEIPT.fullmatch(receipt) else ""}
    return render(request, "enquiries/thanks.html", context)


LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
LINK_MARKUP = re.compile(r"<a\s|\[url[=\]]|\[link[=\]]", re.IGNORECASE)
MOST_LINKS = 4


def reasons_to_suspect(values: dict) -> list[str]:
    """Return reasons to suspect spam, in words for the admin; an empty list for most enquiries."""
    text = f"{values['message']} {values['purpose']}"
    links = len(LINK.findall(text))
    return [
        reason
        for reason, is_so in (
            (f"{links} links", links > MOST_LINKS),
            ("markup of links", LINK_MARKUP.search(text)),
            ("a link instead of a name", LINK.search(f"{values['name']} {values['company']}")),
            ("a message without a word", not any(letter.isalpha() for letter in values["message"])),
        )
        if is_so
    ]
