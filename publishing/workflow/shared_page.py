"""The page behind a share link, for people without an account."""

from copy import copy

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ops.http.decorators import safe_only
from ops.http.errors import page_not_found
from publishing.content.dates import moment_in_words
from publishing.content.people import may_write, name_of
from publishing.content.publishable import Publishable, State
from publishing.site.current import site_of
from publishing.workflow.actions import draft_of
from publishing.workflow.preview import page_of
from publishing.workflow.share_link import ShareLink

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is a secret
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@safe_only
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the draft behind a link, or redirect to its page once it is published. All other tokens get the same 404
    page, so that it does not reveal whether a link existed."""
    link = ShareLink.objects.opened_by(token)
    response = (link and _answer(request, link)) or page_not_found(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _answer(request, link):
    record = link.record
    if record is None or record.deleted_at or record.state == State.ARCHIVED:
        return None
    may_show = shows_drafts(link, record)
    draft = draft_of(record) if may_show else None
    if record.is_public and not draft:
        return HttpResponseRedirect(record.get_absolute_url())
    if not may_show:
        return None
    site = copy(site_of(request))
    site.notice = {"title": "Unpublished draft.", "text": _notice(link, record)}
    return page_of(record, draft and draft.content, site)[0]


def shows_drafts(link: ShareLink, record: Publishable) -> bool:
    """Return whether the link's author may still edit `record`, so that an old link does not show later drafts."""
    return link.author is not None and may_write(link.author, record)


def _notice(link, record) -> str:
    notice = f"Shared by {name_of(link.author)} until {moment_in_words(link.expires_at)}. It may still change."
    return f"{notice} The published page differs." if record.is_public else notice
