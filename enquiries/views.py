from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from enquiries.forms import EnquiryForm, local_path
from enquiries.models import Enquiry, Kind
from enquiries.receiving import receive
from publishing.client_address import client_address
from publishing.errors import error_response
from publishing.limits import WINDOW_SECONDS, within_limit
from publishing.metadata import page_metadata
from publishing.public_forms import ELSEWHERE, ROBOT, ROBOT_ADVICE, refusal, taken
from publishing.safety import safe_only
from publishing.same_origin import is_from_this_site

TITLE = "Write to us"
DESCRIPTION = "Three sentences are enough: what the task is, what happens today, and by when you have to decide."
BODY_LIMIT = 256 * 1024
TOO_LONG = "This is far more than a message. Write less, and tell us of the rest."
MOST_PER_HOUR = 30  # an office behind one address can still write
TOO_MANY = "Many messages came from your network within an hour, so this one was not taken. Send it again in an hour."


@csrf_exempt  # the page is the same for everybody, so it holds no token; where the form came from is checked instead
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request):
    """The form, and what it sends. `?from=` is the page that one comes from, `?kind=` what is chosen at first."""
    if request.method == "POST":
        return _take(request)
    kind = request.GET.get("kind", "")
    initial = {
        "kind": kind if kind in Kind.values else Kind.PROJECT,
        "came_from": local_path(request.GET.get("from", "")),
    }
    return _page(request, EnquiryForm(initial=initial), 200)


def _take(request):
    refused = refusal(request, BODY_LIMIT, "Write to us with the form at /contact/.", TOO_LONG)
    if refused:
        return refused
    form = EnquiryForm(request.POST)
    if form.is_from_robot:
        return error_response(request, 400, ROBOT, ROBOT_ADVICE)
    is_valid = form.is_valid()
    if not is_from_this_site(request):
        form.add_error(None, ELSEWHERE)
        return _page(request, form, 403)
    if not is_valid:
        return _page(request, form, 422)
    return taken(request, form, lambda: _receive(request, form), _page)


def _receive(request, form):
    values = form.cleaned_data
    values.pop("website")
    is_repeated = Enquiry.objects.repeated(values)
    if not is_repeated and not within_limit("enquiries", client_address(request), MOST_PER_HOUR):
        form.add_error(None, TOO_MANY)
        response = _page(request, form, 429)
        response.headers["Retry-After"] = str(WINDOW_SECONDS)
        return response
    receive(values)
    return HttpResponseRedirect(reverse("contact-thanks"))


def _page(request, form, status: int):
    """The form. An answer to what was sent holds the sender's words, so nobody keeps it (publishing.middleware)."""
    title = f"Not sent yet: {TITLE.lower()}" if form.errors else TITLE
    context = {
        "title": TITLE,
        "standfirst": DESCRIPTION,
        "form": form,
        "metadata": page_metadata(request, title, DESCRIPTION),
    }
    return render(request, "enquiries/contact.html", context, status=status)


@safe_only
def thanks(request):
    metadata = page_metadata(request, "Your message is with us", "What happens with it now.", is_indexable=False)
    return render(request, "enquiries/thanks.html", {"metadata": metadata})
