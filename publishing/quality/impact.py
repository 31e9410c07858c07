"""Preview the impact of a change: make it, record what it affects, and roll it back."""

from collections.abc import Callable

from django.db import transaction

from publishing.quality.staleness import Impact, Passage, by_record


def dry_run(impact: Callable[[], Impact], change: Callable, moved: dict[int, int] | None = None) -> list[Passage]:
    """Return the sentences that `change()` would affect. Its exceptions propagate; the change is always rolled back.

    The facts before are read outside of the transaction, which blocks all other writers of SQLite.
    """
    before = impact()
    with transaction.atomic():
        change()
        passages = before.passages(moved)
        transaction.set_rollback(True)
    return passages


def counts_in_words(passages: list[Passage]) -> str:
    """Return how many records of each kind there are, and how many tables: "4 articles, 3 questions, 2 tables"."""
    kinds = {}
    for record in by_record(passages):
        kinds.setdefault(record.search_kind()._meta, []).append(record)
    counts = [
        f"{len(records)} {opts.verbose_name if len(records) == 1 else opts.verbose_name_plural}"
        for opts, records in kinds.items()
    ]
    tables = len({(passage.record, passage.table) for passage in passages if passage.table})
    return ", ".join([*counts, *([f"{tables} table{'' if tables == 1 else 's'}"] if tables else [])])
