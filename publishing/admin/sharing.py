"""Share links: everyone who may change a record can create, see and revoke its links."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone

from ops.http.urls import admin_url, change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.content.dates import moment_in_words
from publishing.workflow.share_link import ShareLink
from publishing.workflow.shared_page import shows_drafts


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(label="Valid for", choices=ShareLink.DAYS.items(), coerce=int, initial=7)


class ShareLinksPanel(Panel):
    @admin_page("<path:object_id>/share/", "share", "GET", "POST")
    def share_view(self, request, record):
        form = ShareForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._share(request, record, form.cleaned_data["days"])
        links = [
            {
                "link": link,
                "revoke_url": admin_url(self.model, "revoke", record.pk, link.pk),
                "shows_drafts": shows_drafts(link, record),
            }
            for link in record.share_links.select_related("author").order_by("-pk")[:50]
        ]
        return self.admin.show(
            request,
            "admin/publishing/share.html",
            "Share a draft",
            record=record,
            edit_url=change_url(record),
            form=form,
            links=links,
        )

    def _share(self, request, record, days):
        if record.share_links.valid().count() >= ShareLink.MOST:
            messages.error(request, f"{ShareLink.MOST} share links of this text are valid already. Revoke one first.")
        else:
            with transaction.atomic():
                now = timezone.now()
                link = ShareLink.objects.create(
                    record=record,
                    author=request.user,
                    made_at=now,
                    expires_at=now + timedelta(days=days),
                )
                self.admin.log_change(request, record, f"Shared by a link until {moment_in_words(link.expires_at)}.")
            messages.success(request, "Link created. Copy it from the list below.")
        return HttpResponseRedirect(admin_url(self.model, "share", record.pk))

    @admin_page("<path:object_id>/share/<int:link>/revoke/", "revoke", "POST")
    def revoke_view(self, request, record, link):
        links = record.share_links.filter(pk=link)
        if not links:
            raise Http404
        if links.filter(revoked_at=None).update(revoked_at=timezone.now()):
            self.admin.log_change(request, record, "Share link revoked.")
        messages.success(request, "Link revoked.")
        return HttpResponseRedirect(admin_url(self.model, "share", record.pk))
