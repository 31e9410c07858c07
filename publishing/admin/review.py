"""The review page of a record: comments, and the decisions of editors."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect

from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.revisions.models import Revision
from publishing.workflow.comment import COMMENT_LIMIT, Comment, Verdict
from publishing.workflow.notifications import review_url
from publishing.workflow.review import add_comment, is_in_review, latest_decision_of

SAID = {
    Verdict.NONE: "Comment added.",
    Verdict.CHANGES: "Changes requested. The author sees your comment on the dashboard.",
    Verdict.APPROVED: "Approved. Readers see it once an editor publishes it.",
}


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Comment",
        required=False,
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Verdict.choices, required=False, widget=forms.HiddenInput)


class ReviewPanel(Panel):
    """The comments on a record, for everyone who may change it."""

    def context(self, request: HttpRequest, record):
        return {"review_url": review_url(record), "standing": latest_decision_of(record)}

    @admin_page("<path:object_id>/review/", "review")
    def review_view(self, request, record):
        may_decide = self.admin.has_publish_permission(request)
        form = CommentForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            verdict = Verdict(form.cleaned_data["verdict"])
            if verdict and not may_decide:
                raise PermissionDenied
            try:
                comment = add_comment(
                    record, request.user, form.cleaned_data["text"].strip(), verdict, form.cleaned_data["seen"]
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.admin.log_change(request, record, f"{Verdict(comment.verdict).label}.")
                messages.success(request, SAID[verdict])
                return HttpResponseRedirect(review_url(record))
        return self.admin.show(
            request,
            "admin/publishing/review.html",
            "Review",
            status=400 if form.errors else 200,
            original=record,
            edit_url=change_url(record),
            comments=Comment.objects.of(record).in_order().select_related("author", "revision"),
            head=Revision.objects.head(record),
            form=form,
            may_decide=may_decide and is_in_review(record),
            standing=latest_decision_of(record),
        )
