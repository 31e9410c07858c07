"""The page to merge two questions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse

from faq.duplicates.finding import KnownQuestions
from faq.merging import CannotMergeQuestionsError, merge, why_not
from faq.models import Question
from ops.http.query_params import key_in
from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.quality.where_used import where_used


class MergePanel(Panel):
    @admin_page("merge/", "merge", permission="publish")
    def merge_view(self, request):
        """Confirm merging `?other=` into `?into=` on GET, and merge on POST."""
        given = request.POST if request.method == "POST" else request.GET
        into, other = (self._named(given.get(name, "")) for name in ("into", "other"))
        if into is None or other is None:
            return self._back(request, "Choose two questions that are there: one of these is not, or not any more.")
        if not (self.admin.has_change_permission(request, into) and self.admin.has_delete_permission(request, other)):
            raise PermissionDenied
        if request.method == "POST":
            return self._merge(request, into, other)
        duplicates = KnownQuestions(Question.objects.filter(pk=other.pk)).duplicates_of(into.question, into.answer)
        return self.admin.show(
            request,
            "admin/faq/merge.html",
            "Merge two questions",
            into=into,
            other=other,
            problem=why_not(into, other),
            contradiction=duplicates[0].contradiction if duplicates else "",
            uses=where_used(other),
            pairs_url=reverse("admin:faq_question_pairs"),
        )

    def _merge(self, request, into, other):
        try:
            into = merge(into.pk, other.pk, request.user)
        except CannotMergeQuestionsError as error:
            return self._back(request, f"Nothing was merged. {error}")
        self.admin.log_change(request, into, f"Merged with “{other}”.")
        self.admin.log_change(request, other, f"Merged into “{into}” and moved to the trash.")
        messages.success(request, f"“{other}” leads to “{into}” now, and search finds it by those words.")
        return HttpResponseRedirect(change_url(into))

    def _named(self, key: str) -> Question | None:
        return Question.objects.not_trashed().filter(pk=key_in(key)).first()

    def _back(self, request, words: str):
        messages.error(request, words)
        return HttpResponseRedirect(reverse("admin:faq_question_pairs"))
