"""The views for voting on an answer."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from faq.forms import VoteForm
from faq.models import Question, Vote
from ops.http.client_ip import client_address
from ops.http.decorators import safe_only
from ops.limits.rate_limits import once_a_day
from publishing.pages.metadata import page_metadata
from publishing.pages.public_forms import PublicFormView, SubmissionRejectedError
from publishing.pages.views import get_visible
from publishing.workflow.actions import live_revision

CHANGED = "The answer was changed since you opened it. Read it once more; if it is still so, send this again."
REPEATED = "From your network somebody has voted on this answer today, and one vote a day is counted."


class VoteView(PublicFormView):
    """The form on a page of its own; it is also shown below each answer."""

    template_name = "faq/vote.html"
    body_limit = 32 * 1024
    too_long = "This is far more than a reason. Write less."
    advice = "Say whether the answer helped with the form below it."
    limit_name, most_per_hour = "votes", 60  # for all answers together
    too_many = "Many votes came from your network within an hour: this one was not counted. Send it again in an hour."

    def make_form(self, data=None):
        return VoteForm(data, question=_public(self.request, self.kwargs["slug"]))

    def take(self, form):
        if not form.is_about_what_was_seen:
            raise SubmissionRejectedError(409, CHANGED)
        self.check_limit()
        said = {"is_helpful": form.cleaned_data["verdict"] == "yes", "reason": form.cleaned_data["reason"]}
        # The address of the client is not stored with the vote.
        with once_a_day(f"vote on {form.question.pk}", client_address(self.request)) as is_first:
            if not is_first:
                raise SubmissionRejectedError(409, REPEATED)
            Vote.objects.create(question=form.question, revision=live_revision(form.question), **said)
        return reverse("faq:thanks", args=[form.question.slug])

    def get_context(self, form):
        title = f"{'Not sent yet' if form.errors else 'Did this answer help?'}: {form.question}"
        description = "Tell us whether an answer helped you."
        return {"form": form, "metadata": page_metadata(self.request, title, description, is_indexable=False)}


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
