"""Drafts that somebody shared: the page behind a link, for people without an account."""

from copy import copy

from django.http import HttpResponseRedirect

from ops.http.decorators import safe_only
from ops.http.errors import page_not_found
from publishing.content.dates import moment_in_words
from publishing.content.people import may_write, name_of
from publishing.content.publishable import State
from publishing.revisions.models import Revision
from publishing.revisions.snapshot import current, read, same
from publishing.site.current import site_of
from publishing.workflow.preview import page_of
from publishing.workflow.share_link import ShareLink

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@safe_only
def shared(request, token):
    """The draft behind a link, or once it is published the way to its page. Whatever else is asked for is not found,
    in the same words: nobody learns whether there was such a link."""
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
    revision, content = _version(link, record) if may_show else (None, None)
    if revision is None and record.is_public:
        return HttpResponseRedirect(record.get_absolute_url())
    if not may_show:
        return None
    site = copy(site_of(request))
    site.notice = {"title": "A draft, not published.", "text": _notice(link, record)}
    page, _ = page_of(record, content, site)
    return page


def _version(link, record) -> tuple:
    """The version behind a link and what it says; both None where the row says it, so that readers get it on the
    record's own page once that is public."""
    head = Revision.objects.head(record)
    revision = link.revision or (last_saved(record) if head and head.is_autosave else head)
    if revision is None or (revision == head and not head.is_draft):
        return None, None
    content = current(type(record), revision.content)
    return (None, None) if record.is_public and same(content, read(record)) else (revision, content)


def shows_drafts(link, record) -> bool:
    """Whether who made the link may see drafts of `record` herself: else an Author would follow by her old link what
    others write over a text of hers that was published, and so would whoever left."""
    return link.author is not None and may_write(link.author, record)


def last_saved(record) -> Revision | None:
    """What was last saved of it by a button: nobody outside follows each word. What saved itself, where that is all."""
    return Revision.objects.of(record).in_line().order_by("is_autosave", "-pk").first()


def _notice(link, record) -> str:
    words = f"Shared by {name_of(link.author)} until {moment_in_words(link.expires_at)}."
    if link.revision:
        words += f" It is the version of {moment_in_words(link.revision.made_at)}."
    else:
        words += " It may still change."
    return f"{words} The published page says something else." if record.is_public else words
