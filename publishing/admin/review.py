"""The pages to discuss a draft: comments and decisions of editors, and a share link for people without an account."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone

from ops.http.urls import admin_url, change_url, record_url
from ops.mail import is_mail_configured
from publishing.admin.admin_pages import Panel, admin_page, show
from publishing.admin.draft_form import moment_field_of
from publishing.admin.history import differences
from publishing.admin.scheduling import presets, pressed
from publishing.content.dates import moment_in_words
from publishing.content.publishable import Publishable
from publishing.revisions.models import Action, Revision
from publishing.site.models import SiteSettings
from publishing.workflow.actions import locked
from publishing.workflow.comment import COMMENT_LIMIT, Comment, Verdict
from publishing.workflow.preview import page_of
from publishing.workflow.review import add_comment, is_in_review, latest_decision_of
from publishing.workflow.share_link import ShareLink
from publishing.workflow.shared_page import shows_drafts
from publishing.workflow.submission import reviews_of

SAID = {
    Verdict.NONE: "Comment added.",
    Verdict.CHANGES: "Changes requested. The author sees your comment in the inbox.",
    Verdict.APPROVED: "Approved. The author and the editors see that it is ready to publish.",
}
PUBLICATIONS = (Action.PUBLISH, Action.SCHEDULE)  # beside the verdicts: approve, if it is not yet, and publish


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Comment",
        required=False,
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    verdict = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def clean_verdict(self) -> tuple[str, datetime | None]:
        """Return a verdict or one of PUBLICATIONS, and the moment to schedule it for."""
        verdict, at = pressed(self.cleaned_data["verdict"])
        if verdict not in {*Verdict.values, *PUBLICATIONS} or (verdict == Action.SCHEDULE) != (at is not None):
            raise ValidationError("Press one of the buttons.")
        if at and at <= timezone.now():
            raise ValidationError("This date is past. Choose a later one, or press Publish.")
        return verdict, at


class ReviewPanel(Panel):
    """The comments on a record, for everyone who may change it."""

    def context(self, request: HttpRequest, record: Publishable) -> dict:
        return {"review_url": record_url(record, "review"), **self._turn(record)}

    def _turn(self, record) -> dict:
        """Return the latest decision on a record, and in review whose turn it is."""
        review = reviews_of([record])[record] if is_in_review(record) else None
        return {"decision": latest_decision_of(record), "waiting_for": review and review.waiting_for}

    @admin_page("<path:object_id>/review/", "review")
    def review_view(self, request, record):
        may_decide = self.admin.has_publish_permission(request)
        form = CommentForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["verdict"][0] and not may_decide:
                raise PermissionDenied
            try:
                self._decide(request, record, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return HttpResponseRedirect(record_url(record, "review"))
        head = Revision.objects.head(record)
        site = SiteSettings.objects.current()
        site.is_preview = True
        page, _ = page_of(record, record.draft_content, site)
        submission = Revision.objects.of(record).in_line().filter(action=Action.SUBMIT).latest_first().first()
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
            asked=submission,
            changes=differences(self.model, submission.content, record.draft_content) if submission else [],
            page=page.content.decode() if page else "",
            form=form,
            may_decide=may_decide and is_in_review(record),
            presets=presets(),
            schedule_url=f"{change_url(record)}#id_{moment_field_of(record)}_0",
            **self._turn(record),
            is_mail_configured=is_mail_configured(),
        )

    def _decide(self, request, record, text: str, seen: str, verdict: tuple[str, datetime | None]):
        """Store the comment and the verdict; publish or schedule. Raises ValidationError, without changes."""
        text, (action, at) = text.strip(), verdict
        publishes = action in PUBLICATIONS
        # Together, so that no version is published but the one that was approved.
        with transaction.atomic():
            row = locked(record)
            is_approved = is_in_review(row) and reviews_of([row])[row].is_approved
            new_verdict = (
                Verdict.NONE if publishes and is_approved else Verdict.APPROVED if publishes else Verdict(action)
            )
            if text or not (publishes and is_approved):
                comment = add_comment(row, request.user, text, new_verdict, seen)
                self.admin.log_change(request, record, f"{Verdict(comment.verdict).label}.")
            if publishes:
                self.admin.publish_reviewed(request, record, at)
            else:
                messages.success(request, SAID[new_verdict])


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
