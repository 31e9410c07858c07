"""What readers missed: questions without an answer, models without a text, addresses without a page.

An app says in its module `gaps` what is missing there, by a `GapSource` that it registers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from publishing import fruitless
from publishing.addresses import with_query
from publishing.models import DismissedGap, FruitlessSearch, MissingAddress

ENOUGH = 300  # of one source: nobody looks through more, and what is done makes room


@dataclass(frozen=True)
class Gap:
    """Something that is missing. `key` (200 characters at most) names it in its source.

    `count` says how often readers missed it, where somebody counts that, and `last_day` when last. `about` is a record
    to which the draft links that is begun from it. Where no draft of a text would fill it, `url` leads to what does,
    and `url_words` say what that is.
    """

    key: str
    title: str
    count: int | None = None
    last_day: date | None = None
    about: object = None
    url: str = ""
    url_words: str = ""


class GapSource:
    """A kind of gap. `found` returns what is missing now, what readers miss most first."""

    def __init__(self, name: str, label: str, explanation: str, found: Callable[[], list[Gap]]):
        self.name, self.label, self.explanation, self.found = name, label, explanation, found

    def open(self) -> list[Gap]:
        dismissed = self._dismissed_keys()
        return [gap for gap in self.found() if gap.key not in dismissed]

    def dismissed(self) -> list[Gap]:
        """What was dismissed, as far as it is missing still."""
        dismissed = self._dismissed_keys()
        return [gap for gap in self.found() if gap.key in dismissed]

    def dismiss(self, key: str, user):
        DismissedGap.objects.get_or_create(source=self.name, key=key, defaults={"dismissed_by": user})

    def list_again(self, key: str):
        DismissedGap.objects.filter(source=self.name, key=key).delete()

    def _dismissed_keys(self) -> set[str]:
        return set(DismissedGap.objects.filter(source=self.name).values_list("key", flat=True))


class MissingAddresses(GapSource):
    """They have a list of their own, with more to see: what is dismissed in one place is dismissed in the other."""

    def open(self):
        return self.found(dismissed_at=None)

    def dismissed(self):
        return self.found(dismissed_at__isnull=False)

    def dismiss(self, key, user):
        MissingAddress.objects.filter(path=key, dismissed_at=None).update(dismissed_at=timezone.now())

    def list_again(self, key):
        MissingAddress.objects.filter(path=key).update(dismissed_at=None)


sources: dict[str, GapSource] = {}


def register(source: GapSource):
    """Let the list of gaps show what `source` finds. Sources stand in the order in which they are registered."""
    sources[source.name] = source


def _searches() -> list[Gap]:
    rows = FruitlessSearch.objects.by_text()[: fruitless.LISTED]
    return [Gap(row["text"], row["text"], row["total"], row["last_day"]) for row in rows]


def _missing_addresses(**which) -> list[Gap]:
    add_url = reverse("admin:publishing_redirect_add")
    return [
        Gap(
            row.path,
            row.path,
            row.readers,
            timezone.localdate(row.last_asked_at),
            url=with_query(add_url, urlencode({"path": row.path})),
            url_words="Make a redirect",
        )
        for row in MissingAddress.objects.filter(**which)[:ENOUGH]
    ]


register(
    GapSource(
        "searches",
        "Searches without result",
        "What readers searched for in the last 90 days, where no page holds all of the words.",
        _searches,
    )
)
register(
    MissingAddresses(
        "addresses",
        "Addresses that lead nowhere",
        "What readers asked for and did not find. Another list says where the wrong links stand.",
        _missing_addresses,
    )
)
