"""Comments beside the text, as a fragment of HTML to which the script of the form adds; and who has the form open."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.forms import Script
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from js_asset import Media

from ops.http.urls import record_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.content.people import name_of
from publishing.content.publishable import Publishable
from publishing.workflow.comment import COMMENT_LIMIT, CONTEXT_LIMIT, QUOTATION_LIMIT, Comment
from publishing.workflow.presence import others_at
from publishing.workflow.review import add_comment, mentionable, resolve

COMMENT_SCRIPTS = Media(js=[Script(f"js/{name}.js", type="module") for name in ("comments", "presence")])


class PassageCommentForm(forms.Form):
    text = forms.CharField(max_length=COMMENT_LIMIT)
    parent = forms.IntegerField(required=False)
    field = forms.CharField(required=False, max_length=60)
    quotation = forms.CharField(required=False, strip=False, max_length=QUOTATION_LIMIT)
    # A field, which does not replace the prefix of forms.
    prefix = forms.CharField(required=False, strip=False, max_length=CONTEXT_LIMIT)  # pyright: ignore[reportAssignmentType]
    suffix = forms.CharField(required=False, strip=False, max_length=CONTEXT_LIMIT)


class CommentsPanel(Panel):
    """For everyone who may change the record."""

    def context(self, request: HttpRequest, record: Publishable) -> dict:
        threads = Comment.objects.of(record).threads()
        return {
            "open_threads": [thread for thread in threads if not thread.root.resolved_at],
            "resolved_threads": [thread for thread in threads if thread.root.resolved_at],
            "people": [name_of(person) for person in mentionable(record).exclude(pk=request.user.pk)],
            "review_url": record_url(record, "review"),
        }

    @admin_page("<path:object_id>/comments/", "comments", "GET", "POST")
    def comments_view(self, request, record):
        """Return the threads; on POST, add a comment or a reply first. Invalid input gets its message as plain text."""
        if request.method == "GET":
            return self._fragment(request, record)
        form = PassageCommentForm(request.POST)
        if not form.is_valid():
            message = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return HttpResponse(message, status=400, content_type="text/plain")
        values: dict[str, Any] = form.cleaned_data
        text, parent = values.pop("text"), values.pop("parent")
        if parent:
            values = {"parent": get_object_or_404(Comment.objects.of(record), pk=parent, parent=None)}
        try:
            add_comment(record, request.user, text, **values)
        except ValidationError as error:
            return HttpResponse(" ".join(error.messages), status=400, content_type="text/plain")
        return self._fragment(request, record)

    @admin_page("<path:object_id>/comments/<int:comment>/resolve/", "resolve", "POST")
    def resolve_view(self, request, record, comment):
        """Resolve the thread; with `reopen`, open it again."""
        root = get_object_or_404(Comment.objects.of(record), pk=comment, parent=None, verdict="")
        resolve(root, None if "reopen" in request.POST else request.user)
        return self._fragment(request, record)

    @admin_page("<path:object_id>/presence/", "presence", "POST")
    def presence_view(self, request, record):
        """Note that the form is open; return the `names` of the others there, and the state of the `comments`."""
        names = [name_of(person) for person in others_at(record, request.user)]
        latest = Comment.objects.of(record).aggregate(Max("pk"), Max("resolved_at"), Count("resolved_at"))
        return JsonResponse({"names": names, "comments": " ".join(str(value) for value in latest.values())})

    def _fragment(self, request, record) -> HttpResponse:
        return render(request, "admin/publishing/comments_tab.html", self.context(request, record))
