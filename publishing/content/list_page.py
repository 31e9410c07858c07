"""A page that lists records: what the sitemap and llms.txt know of it."""

from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True)
class ListPage:
    """`address` is empty where such records stand on no list; `records` are those that it shows, in its order."""

    title: str
    address: str
    records: QuerySet
