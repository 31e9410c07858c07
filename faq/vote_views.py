"""Where readers say whether an answer helped."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from faq.forms import VoteForm
from faq.models import Question
from faq.voting import take_vote
from publishing.client_address import client_address
from publishing.errors import error_response
from publishing.limits import WINDOW_SECONDS, within_limit
from publishing.metadata import page_metadata
from publishing.public_forms import ELSEWHERE, ROBOT, ROBOT_ADVICE, refusal, taken
from publishing.safety import safe_only
from publishing.same_origin import is_from_this_site
from publishing.views import get_visible

BODY_LIMIT = 32 * 1024
ADVICE = "Say whether the answer helped with the form below it."
TOO_LONG = "This is far more than a reason. Write less."
CHANGED = "The answer was changed since you opened it. Read it once more; if it is still so, send this again."
REPEATED = "From your network somebody has voted on this answer today, and one vote a day is counted."
MOST_PER_HOUR = 60  # on all answers together
TOO_MANY = "Many votes came from your network within an hour, so this one was not counted. Send it again in an hour."


@csrf_exempt  # the page is the same for everybody, so it holds no token; where the form came from is checked instead
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request, slug):
    question = _public(request, slug)
    if request.method == "POST":
        return _take(request, question)
    return _page(request, VoteForm(question=question), 200)


@safe_only
def thanks(request, slug):
    question = _public(request, slug)
    metadata = page_metadata(request, "Thank you", "Your vote is counted.", is_indexable=False)
    return render(request, "faq/thanks.html", {"question": question, "metadata": metadata})


def _public(request, slug) -> Question:
    question = get_visible(request, Question, slug)
    if not question.is_public:
        raise Http404
    return question


def _take(request, question) -> HttpResponse:
    refused = refusal(request, BODY_LIMIT, ADVICE, TOO_LONG)
    if refused:
        return refused
    form = VoteForm(request.POST, question=question)
    if form.is_from_robot:
        return error_response(request, 400, ROBOT, ROBOT_ADVICE)
    is_valid = form.is_valid()
    if not is_from_this_site(request):
        return _refused(request, form, 403, ELSEWHERE)
    if not is_valid:
        return _page(request, form, 422)
    return taken(request, form, lambda: _count(request, question, form), _page)


def _count(request, question, form) -> HttpResponse:
    if not form.is_about_what_was_seen:
        return _refused(request, form, 409, CHANGED)
    address = client_address(request)
    if not within_limit("votes", address, MOST_PER_HOUR):
        response = _refused(request, form, 429, TOO_MANY)
        response.headers["Retry-After"] = str(WINDOW_SECONDS)
        return response
    is_helpful, reason = form.cleaned_data["verdict"] == "yes", form.cleaned_data["reason"]
    if take_vote(question, is_helpful=is_helpful, reason=reason, address=address) is None:
        return _refused(request, form, 409, REPEATED)
    return HttpResponseRedirect(reverse("faq:thanks", args=[question.slug]))


def _refused(request, form, status: int, words: str) -> HttpResponse:
    form.add_error(None, words)
    return _page(request, form, status)


def _page(request, form, status: int) -> HttpResponse:
    """The form alone. An answer to what was sent holds the sender's words, so nobody keeps it."""
    title = f"{'Not sent yet' if form.errors else 'Did this answer help?'}: {form.question}"
    metadata = page_metadata(request, title, "Tell us whether an answer helped you.", is_indexable=False)
    return render(request, "faq/vote.html", {"form": form, "metadata": metadata}, status=status)
