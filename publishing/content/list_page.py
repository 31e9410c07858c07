"""A page that lists records, as the sitemap and llms.txt describe it."""

from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True)
class ListPage:
    """A list page: `address` is "" if no page lists these records; `records` are those it shows, in its order."""

    title: str
    address: str
    records: QuerySet
