"""What a change bears on, said before it is made: it is made, looked at, and undone."""

from collections.abc import Callable

from django.db import transaction

from publishing.content.publishable import Publishable
from publishing.quality.staleness import Impact, Passage


def rehearsed(impact: Callable[[], Impact], change: Callable, moved: dict[int, int] | None = None) -> list[Passage]:
    """Return the sentences on which `change()` would bear. What it would raise is raised; nothing of it stays.

    So whatever follows from it, a status or a lowest price, is worked out by the rules by which readers get it.
    """
    with transaction.atomic():
        before = impact()
        change()
        passages = before.passages(moved)
        transaction.set_rollback(True)
    return passages


def by_record(passages: list[Passage]) -> dict[Publishable, list[Passage]]:
    found = {}
    for passage in passages:
        found.setdefault(passage.record, []).append(passage)
    return found


def counts_in_words(passages: list[Passage]) -> str:
    """How many records of each kind, and how many tables in them, in words: 4 articles, 3 questions, 2 tables."""
    kinds = {}
    for record in by_record(passages):
        kinds.setdefault(record.search_kind()._meta, []).append(record)
    words = [
        f"{len(found)} {opts.verbose_name if len(found) == 1 else opts.verbose_name_plural}"
        for opts, found in kinds.items()
    ]
    tables = len({(passage.record, passage.table) for passage in passages if passage.table})
    return ", ".join([*words, *([f"{tables} table{'' if tables == 1 else 's'}"] if tables else [])])
