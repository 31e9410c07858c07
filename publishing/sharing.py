"""Drafts that somebody shared: the page behind a link, for people without an account."""

from copy import copy

from django.http import Http404, HttpResponseRedirect

from publishing.admin.fields import moment_in_words
from publishing.comparisons.download import csv_of
from publishing.comparisons.showing import table_url
from publishing.errors import page_not_found
from publishing.models import Revision, ShareLink, State
from publishing.people import may_write, name_of
from publishing.preview import page_of, shown
from publishing.revisions.content import current, read, same
from publishing.safety import safe_only
from publishing.site import site_of

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
    return _closed((link and _answer(request, link)) or page_not_found(request))


@safe_only
def shared_table(request, token, number):
    """A comparison table of that draft as a file, or the way to it once that is published."""
    link = ShareLink.objects.opened_by(token)
    try:
        response = link and _table(link, number)
    except Http404:
        response = None
    return _closed(response or page_not_found(request))


def _closed(response):
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _answer(request, link):
    record, revision, content = _opened(link)
    if record is None:
        return None
    if revision is None and record.is_public:
        return HttpResponseRedirect(record.get_absolute_url())
    site = copy(site_of(request))
    site.notice = {"title": "A draft, not published.", "text": _notice(link, record)}
    page, _ = page_of(record, content, site, tables_address=request.path)
    return page


def _table(link, number: int):
    record, revision, content = _opened(link)
    if record is None:
        return None
    if revision is None and record.is_public:
        return HttpResponseRedirect(table_url(record, number))
    file, _ = shown(record, content, lambda row: csv_of(row, number))
    return file


def _opened(link) -> tuple:
    """The record behind a link, None where it is gone; the version and what that says, both None where the row says
    it, so that readers get it on the record's own page once that is public."""
    record = link.record
    if record is None or record.deleted_at or record.state == State.ARCHIVED:
        return None, None, None
    if not shows_drafts(link, record):
        return (record, None, None) if record.is_public else (None, None, None)
    head = Revision.objects.head(record)
    revision = link.revision or (last_saved(record) if head and head.is_autosave else head)
    if revision is None or (revision == head and not head.is_draft):
        return record, None, None
    content = current(type(record), revision.content)
    if record.is_public and same(content, read(record)):
        return record, None, None
    return record, revision, content


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
