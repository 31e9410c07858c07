"""The pages to discuss a draft: comments and decisions of editors, and a share link for people without an account."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone

from ops.http.urls import admin_url, change_url, record_url
from ops.mail import is_mail_configured
from publishing.admin.admin_pages import Panel, admin_page, show
from publishing.admin.history import differences
from publishing.content.dates import moment_in_words
from publishing.content.publishable import Publishable
from publishing.revisions.models import Action, Revision
from publishing.site.models import SiteSettings
from publishing.workflow.comment import COMMENT_LIMIT, Comment, Verdict
from publishing.workflow.preview import page_of
from publishing.workflow.review import add_comment, is_in_review, latest_decision_of
from publishing.workflow.share_link import ShareLink
from publishing.workflow.shared_page import shows_drafts

SAID = {
    Verdict.NONE: "Comment added.",
    Verdict.CHANGES: "Changes requested. The author sees your comment in the inbox.",
    Verdict.APPROVED: "Approved. Readers see it once an editor publishes it.",
}
PUBLISH = "publish"  # beside the verdicts: approve and publish


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Comment",
        required=False,
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[*Verdict.choices, (PUBLISH, "")], required=False, widget=forms.HiddenInput)


class ReviewPanel(Panel):
    """The comments on a record, for everyone who may change it."""

    def context(self, request: HttpRequest, record: Publishable) -> dict:
        return {"review_url": record_url(record, "review"), "decision": latest_decision_of(record)}

    @admin_page("<path:object_id>/review/", "review")
    def review_view(self, request, record):
        may_decide = self.admin.has_publish_permission(request)
        form = CommentForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            publishes = form.cleaned_data["verdict"] == PUBLISH
            verdict = Verdict.APPROVED if publishes else Verdict(form.cleaned_data["verdict"])
            if verdict and not may_decide:
                raise PermissionDenied
            said, seen = form.cleaned_data["text"].strip(), form.cleaned_data["seen"]
            try:
                # Together, so that no version is published but the one that was approved.
                with transaction.atomic():
                    comment = add_comment(record, request.user, said, verdict, seen)
                    self.admin.log_change(request, record, f"{Verdict(comment.verdict).label}.")
                    if publishes:
                        self.admin.publish(request, self.model.objects.filter(pk=record.pk))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                if not publishes:
                    messages.success(request, SAID[verdict])
                return HttpResponseRedirect(record_url(record, "review"))
        head = Revision.objects.head(record)
        site = SiteSettings.objects.current()
        site.is_preview = True
        page, _ = page_of(record, record.draft_content, site)
        asked = Revision.objects.of(record).in_line().filter(action=Action.SUBMIT).latest_first().first()
        return show(
            self.admin,
            request,
            "admin/publishing/review.html",
            "Review",
            status=400 if form.errors else 200,
            original=record,
            edit_url=change_url(record),
            comments=Comment.objects.of(record).in_order().select_related("author", "revision"),
            head=head,
            asked=asked,
            changes=differences(self.model, asked.content, record.draft_content) if asked else [],
            page=page.content.decode() if page else "",
            form=form,
            may_decide=may_decide and is_in_review(record),
            decision=latest_decision_of(record),
            is_mail_configured=is_mail_configured(),
        )


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(label="Valid for", choices=ShareLink.DAYS.items(), coerce=int, initial=7)


class ShareLinkPanel(Panel):
    @admin_page("<path:object_id>/share/", "share", "GET", "POST")
    def share_view(self, request, record):
        link, form = record.share_links.valid().select_related("author").first(), ShareForm(request.POST or None)
        if request.method == "POST" and not link and form.is_valid():
            now = timezone.now()
            until = now + timedelta(days=form.cleaned_data["days"])
            with transaction.atomic():
                record.share_links.update_or_create(
                    defaults={"author": request.user, "made_at": now, "expires_at": until}
                )
                self.admin.log_change(request, record, f"Shared by a link until {moment_in_words(until)}.")
            messages.success(request, "Link created.")
            return HttpResponseRedirect(admin_url(self.model, "share", record.pk))
        return show(
            self.admin,
            request,
            "admin/publishing/share.html",
            "Share a draft",
            record=record,
            edit_url=change_url(record),
            form=form,
            link=link,
            link_shows_drafts=link and shows_drafts(link, record),
            revoke_url=admin_url(self.model, "revoke", record.pk),
        )

    @admin_page("<path:object_id>/share/revoke/", "revoke", "POST")
    def revoke_view(self, request, record):
        if record.share_links.all().delete()[0]:
            self.admin.log_change(request, record, "Share link revoked.")
        messages.success(request, "Link revoked.")
        return HttpResponseRedirect(admin_url(self.model, "share", record.pk))
