"""Content that readers missed: questions without an answer, models without a text, addresses without a page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from ops.http.urls import with_query
from publishing.content.internal_request import page_exists
from publishing.content.miss import KEPT, Miss
from publishing.content.publishable import Publishable
from publishing.search.results import answer

ENOUGH = 300  # per source: editors do not look through more, and completed entries make room


class DismissedGap(models.Model):
    """A gap that an editor has dismissed, stored so that it can be restored; identified by its source and key."""

    source = models.CharField(max_length=50)
    key = models.CharField(max_length=200)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    dismissed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = "gap"  # the name of the admin page that is built on this model
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="gap_dismissed_once")]

    def __str__(self):
        return self.key


@dataclass(frozen=True)
class Gap:
    """A missing piece of content. `key` (at most 200 characters) identifies it within its source.

    `count` is None if misses are not counted; `came_from` is the page with the broken link. A draft created from this
    gap links to `about`; if a draft would not fill the gap, `url` leads to the page that does.
    """

    key: str
    title: str
    count: int | None = None
    last_day: date | None = None
    came_from: str = ""
    about: Publishable | None = None
    url: str = ""
    url_words: str = ""


@dataclass(frozen=True)
class GapSource:
    """A kind of gap. `find` returns what is missing now, the most frequently missed first."""

    name: str
    label: str
    explanation: str
    find: Callable[[], list[Gap]]

    def gaps(self, is_dismissed: bool) -> list[Gap]:
        """Return the gaps that were dismissed, or those that were not."""
        dismissed = set(DismissedGap.objects.filter(source=self.name).values_list("key", flat=True))
        return [gap for gap in self.find() if (gap.key in dismissed) == is_dismissed]


type GapFinder = Callable[[], list[Gap]]
sources: dict[str, GapSource] = {}


def gap_source(name: str, label: str, explanation: str) -> Callable[[GapFinder], GapFinder]:
    """Register a function without arguments as a source of gaps, listed after the sources registered before it."""

    def register(function: GapFinder) -> GapFinder:
        sources[name] = GapSource(name, label, explanation, function)
        return function

    return register


def forget_misses() -> None:
    """Delete misses that were not asked for in a long time, and those that are found by now."""
    Miss.objects.filter(last_asked_at__lt=timezone.now() - KEPT).delete()
    for row in Miss.objects.filter(kind=Miss.Kind.ADDRESS):
        if page_exists(quote(row.text)):
            row.delete()
    for row in Miss.objects.filter(kind=Miss.Kind.SEARCH)[:ENOUGH]:
        search_answer = answer(row.text, "", 0, 1)
        if search_answer.total and not search_answer.is_partial:
            row.delete()


def _misses(kind: Miss.Kind) -> list[Gap]:
    return [
        Gap(row.text, row.text, row.readers, timezone.localdate(row.last_asked_at), row.came_from)
        for row in Miss.objects.filter(kind=kind)[:ENOUGH]
    ]


@gap_source("searches", "Searches without results", "Searches for which no page contains all of the words.")
def searches() -> list[Gap]:
    return _misses(Miss.Kind.SEARCH)


@gap_source(
    "addresses",
    "Page not found",
    "Addresses that readers tried and that do not exist, with the page that links to them where browsers report it.",
)
def addresses() -> list[Gap]:
    add_url = reverse("admin:publishing_redirect_add")
    return [
        replace(gap, url=with_query(add_url, urlencode({"path": gap.key})), url_words="Add redirect")
        for gap in _misses(Miss.Kind.ADDRESS)
    ]
