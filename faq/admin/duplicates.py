"""Duplicate questions: shown while a question is typed, and listed on a page."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from faq.duplicates.finding import KnownQuestions
from faq.duplicates.suggestions import nearest
from faq.models import Question
from ops.http.query_params import key_in
from publishing.admin.admin_pages import Panel, admin_page
from publishing.richtext.allowlist import clean

LONGEST_ANSWER = 100_000  # characters
MOST_NEAR = 5


class DuplicatesPanel(Panel):
    @admin_page("twins/", "duplicates", "POST")
    def duplicates_view(self, request):
        """Return an HTML fragment for the form's script: duplicates of the typed question that the user may view."""
        if not (self.admin.has_add_permission(request) or self.admin.has_change_permission(request)):
            raise PermissionDenied
        pk = key_in(request.POST.get("pk"))
        answer = clean(request.POST.get("answer", "")[:LONGEST_ANSWER])
        found = found_for(request.user, request.POST.get("question", ""), answer, pk)
        return render(request, "admin/faq/duplicates.html", found)

    @admin_page("pairs/", "pairs", "GET", permission="publish")
    def pairs_view(self, request):
        """List all pairs of duplicates, drafts included, for users who may publish."""
        return self.admin.show(
            request,
            "admin/faq/pairs.html",
            "Asked twice",
            pairs=KnownQuestions(Question.objects.not_trashed().order_by("pk")).pairs(),
        )


def found_for(user, text: str, answer: str, pk: int | None) -> dict:
    """Return duplicates of `text`, and similar questions: those that `user` may view, without the question `pk`."""
    known = KnownQuestions(Question.objects.not_trashed().for_staff(user).exclude(pk=pk))
    duplicates = known.duplicates_of(text, answer=answer)
    asked = {duplicate.question for duplicate in duplicates}
    near = [question for question in nearest(text, known) if question not in asked]
    return {"duplicates": duplicates, "near": near[:MOST_NEAR]}
