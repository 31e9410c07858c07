"""What readers missed: questions without an answer, models without a text, addresses without a page.

An app says in its module `gaps` what is missing there, by a function that it registers with `gap_source`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils import timezone

from ops.http.urls import with_query
from publishing.content.internal_request import leads_somewhere
from publishing.content.miss import KEPT, Miss
from publishing.quality.dismissed_gap import DismissedGap
from publishing.search.results import answer

ENOUGH = 300  # of one source: nobody looks through more, and what is done makes room


@dataclass(frozen=True)
class Gap:
    """Something that is missing. `key` (200 characters at most) names it in its source.

    `count` says how often readers missed it, where somebody counts that, and `last_day` when last. `came_from` is the
    page with a link that leads nowhere. `about` is a record to which the draft links that is begun from it. Where no
    draft of a text would fill it, `url` leads to what does, and `url_words` say what that is.
    """

    key: str
    title: str
    count: int | None = None
    last_day: date | None = None
    came_from: str = ""
    about: object = None
    url: str = ""
    url_words: str = ""


@dataclass(frozen=True)
class GapSource:
    """A kind of gap. `found` returns what is missing now, what readers miss most first."""

    name: str
    label: str
    explanation: str
    found: Callable[[], list[Gap]]

    def gaps(self, is_dismissed: bool) -> list[Gap]:
        """Return what is missing and was not dismissed, or was."""
        dismissed = set(DismissedGap.objects.filter(source=self.name).values_list("key", flat=True))
        return [gap for gap in self.found() if (gap.key in dismissed) == is_dismissed]


sources: dict[str, GapSource] = {}


def gap_source(name: str, label: str, explanation: str):
    """Let the list of gaps show what a function without arguments finds, after the sources registered before."""

    def register(function):
        sources[name] = GapSource(name, label, explanation, function)
        return function

    return register


def forget_misses():
    """Delete what nobody has asked for in a long time, and what is found by now."""
    Miss.objects.filter(last_asked_at__lt=timezone.now() - KEPT).delete()
    for row in Miss.objects.filter(kind=Miss.Kind.ADDRESS):
        if leads_somewhere(quote(row.text)):
            row.delete()
    for row in Miss.objects.filter(kind=Miss.Kind.SEARCH)[:ENOUGH]:
        found = answer(row.text, "", 0, 1)
        if found.total and not found.is_partial:
            row.delete()


def _misses(kind: Miss.Kind) -> list[Gap]:
    return [
        Gap(row.text, row.text, row.readers, timezone.localdate(row.last_asked_at), row.came_from)
        for row in Miss.objects.filter(kind=kind)[:ENOUGH]
    ]


@gap_source("searches", "Searches without result", "What readers searched for in vain: no page holds all of the words.")
def searches() -> list[Gap]:
    return _misses(Miss.Kind.SEARCH)


@gap_source(
    "addresses",
    "Addresses that lead nowhere",
    "What readers asked for and did not find, with the page where the wrong link stands, as far as browsers say it.",
)
def addresses() -> list[Gap]:
    add_url = reverse("admin:publishing_redirect_add")
    return [
        replace(gap, url=with_query(add_url, urlencode({"path": gap.key})), url_words="Make a redirect")
        for gap in _misses(Miss.Kind.ADDRESS)
    ]
