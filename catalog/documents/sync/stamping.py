"""Stamping: process the marks of possible changes, and number the entries that did change.

No change is missed, because a mark is written in the transaction of the change. Only a stamp deletes marks: exactly
those that it sees, in the transaction that assigns the number, and in a snapshot that contains the change. Stamps
exclude each other until they commit, so numbers become visible in order.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Callable
from itertools import batched
from time import monotonic

from django.db import connection
from django.db.models import Count, Max, QuerySet

from catalog.documents.compose import SCHEMA
from catalog.documents.storing import models_of, summarise
from catalog.documents.sync.declaration import TYPES, ChangeKind, part_of
from catalog.documents.sync.entries import records_behind, sources_of, stamp_records
from catalog.documents.sync.locking import FeedBusyError, exclusive_lock
from catalog.documents.sync.triggers import INTO_LOG, ensure_triggers, mark_all_documents
from catalog.models import AIModel, FeedEntry, FeedMark, FeedState, ModelSummary, Offering, OfferingSummary
from catalog.models.feed import ONLY_ROW
from ops.db.lock_timeout import let_others_write
from ops.page_cache.triggers import notify_all_hosts
from publishing.content.reference import compare_references_to

logger = logging.getLogger(__name__)

# Records per transaction. On SQLite the transaction blocks all other writers, which get their turn in the pause.
AT_ONCE = {"sqlite": 200, "postgresql": 20_000}
# Marks per record, about, that one transaction deletes: an import leaves one for each price and source.
COPIES = 10
GATHERED_AT_ONCE = 5_000  # marks per transaction
BUILT_AT_ONCE = 1_000
# PostgreSQL scans the dead rows of the table to check that it is empty.
MANY_DEAD_ROWS = 2_000


def stamp(
    seconds: float | None = None,
    patience_ms: int | None = None,
    at_once: int | None = None,
    on_step: Callable[[], object] = lambda: None,
) -> "Stamp":
    """Number all committed changes in transactions of at most `at_once` records; none begins after `seconds`.

    `on_step` is called after each transaction. Marks written meanwhile, and the rest if the lock is not free within
    `patience_ms`, are left for the next call.
    """
    run, begun = Stamp(at_once or AT_ONCE[connection.vendor], gathers=seconds is None), monotonic()
    since = begun
    if not ensure_triggers():
        logger.error("The database is of another version than the program: nothing is stamped.")
        return run
    try:
        while not run.is_done and (seconds is None or monotonic() - begun < seconds):
            since = let_others_write(since)
            with exclusive_lock(patience_ms):
                run.step()
            on_step()
    except FeedBusyError:
        run.is_busy = True
    if connection.vendor == "postgresql" and run.marks > MANY_DEAD_ROWS and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f'VACUUM "{FeedMark._meta.db_table}"')
    return run


class Stamp:
    """One run of `stamp`, in steps of one transaction each, until all marks found at the start are processed."""

    def __init__(self, at_once: int, gathers: bool):
        self.at_once, self.gathers = at_once, gathers
        self.numbers = self.marks = 0
        self.last = 0  # the key of the last mark to process, set by the first step
        self.gather_up_to = 0  # the key of the last mark to gather
        self.is_done = self.is_busy = False

    def step(self) -> None:
        state = self._state()
        if state.schema > SCHEMA:
            self.is_done = True  # a newer version of the program is running and will stamp
            return
        if not self.last:
            self._go_up_to_now()
            if self.gathers and _marks_to_gather(self.last).count() > self.at_once:
                self.gather_up_to = self.last
        if self.gather_up_to and self._gather():
            return
        marks, number = _take(self.last, self.at_once)
        self.marks += number
        if (ChangeKind.EVERYTHING, 0) in marks:
            _mark_each()
            self._go_up_to_now()
            return
        records = records_behind(marks)
        is_left = _leave_for_later(records, self.at_once)
        is_last = not is_left and len(marks) < self.at_once and number < self.at_once * COPIES
        head, written = state.head, defaultdict(set)
        for name in TYPES:
            for batch in batched(sorted(records[name]), BUILT_AT_ONCE):
                keys, turned = stamp_records(name, batch, after=head)
                head += len(keys)
                written[name].update(keys)
                records["source"] |= sources_of(name, turned)
        touched = records["model"] | models_of(records["offering"])
        # Models are summarised after all documents, or they would be processed again and again.
        chosen = _choose_models(touched, self.at_once) if is_last else set()
        summarised = summarise(chosen, records["offering"])
        changed = written["model"] | models_of(written["offering"]) | summarised - {None}
        if changed:
            compare_references_to(AIModel, changed)
        FeedMark.objects.filter(kind=ChangeKind.LISTED, key__in=chosen).delete()
        _mark(ChangeKind.LISTED, touched - chosen)
        if head > state.head:
            FeedState.objects.update(head=head)
            self.numbers += head - state.head
        if head > state.head or summarised:
            notify_all_hosts()
        if is_left or touched - chosen:
            self._go_up_to_now()
        self.is_done = not FeedMark.objects.filter(pk__lte=self.last).exists()

    def _gather(self) -> bool:
        """Replace the oldest marks by one for each record; return False if none are left.

        An import leaves a mark for each price and source, far apart: its records would be composed several times. It
        reads all marks, so it is not for a reader, who has no time. A record whose mark is still there needs no second
        one. Only that is sure: a mark with a low key may become visible after its record was stamped.
        """
        marks = _marks_to_gather(self.gather_up_to)
        rows = list(marks.order_by("pk").values_list("pk", "kind", "key")[:GATHERED_AT_ONCE])
        if not rows:
            self.gather_up_to = 0
            return False
        for name, keys in records_behind({(kind, key) for _, kind, key in rows}).items():
            of_record = FeedMark.objects.filter(kind=part_of(name), pk__gt=self.gather_up_to)
            _mark(part_of(name), sorted(keys.difference(of_record.values_list("key", flat=True))))
        marks.filter(pk__lte=rows[-1][0]).delete()
        self.marks += len(rows)
        self._go_up_to_now()
        return True

    def _state(self) -> FeedState:
        """Return the row of the state; it is created if missing."""

        def last_number() -> int:  # if only this row was lost, numbering continues from there
            return FeedEntry.objects.aggregate(last=Max("seq"))["last"] or 0

        defaults = {"epoch": new_epoch(), "schema": SCHEMA, "head": last_number}
        state, is_new = FeedState.objects.get_or_create(pk=ONLY_ROW, defaults=defaults)
        if is_new or state.schema < SCHEMA:
            mark_all_documents()
            FeedState.objects.update(schema=SCHEMA)
            state.schema = SCHEMA
        return state

    def _go_up_to_now(self):
        self.last = FeedMark.objects.aggregate(last=Max("pk"))["last"] or 0


def new_epoch() -> str:
    return secrets.token_hex(8)


def _marks_to_gather(last: int) -> QuerySet[FeedMark]:
    return FeedMark.objects.exclude(kind__in=[ChangeKind.LISTED, ChangeKind.EVERYTHING]).filter(pk__lte=last)


def _take(last: int, most: int) -> tuple[set[tuple[str, int]], int]:
    """Delete the oldest marks, exactly those that are read, with up to `most` meanings.

    Returns their meanings and their number.
    """
    marks = FeedMark.objects.exclude(kind=ChangeKind.LISTED).filter(pk__lte=last).order_by("pk")
    meanings, taken = set(), []
    for pk, *mark in marks.values_list("pk", "kind", "key")[: most * COPIES]:
        if len(meanings) < most or tuple(mark) in meanings:
            meanings.add(tuple(mark))
            taken.append(pk)
    FeedMark.objects.filter(pk__in=taken).delete()
    return meanings, len(taken)


def _choose_models(touched: set[int], most: int) -> set[int]:
    """Return touched and waiting models to summarise now: at least one, at most `most` with their offerings."""
    waiting = FeedMark.objects.filter(kind=ChangeKind.LISTED).order_by("pk").values_list("key", flat=True)[:most]
    candidates = list(dict.fromkeys([*sorted(touched)[:most], *waiting]))
    rows = Offering._base_manager.filter(model__in=candidates).order_by().values_list("model_id")
    offerings = dict(rows.annotate(number=Count("pk")))
    chosen = set()
    for key in candidates:
        most -= 1 + offerings.get(key, 0)
        if most < 0 and chosen:
            break
        chosen.add(key)
    return chosen


def _mark_each():
    """Replace the mark for everything with one mark for each present or former record."""
    for name, model in TYPES.items():
        former = FeedEntry.objects.filter(type=name).order_by()
        _mark_rows(part_of(name), _keys(model).union(former.values_list("row_id")))
    # Also check the summaries, because a backup contains no entries but may contain summaries.
    _mark_rows(ChangeKind.LISTED, _keys(ModelSummary).difference(_keys(AIModel)))
    _mark_rows(ChangeKind.OFFERING, _keys(OfferingSummary).difference(_keys(Offering)))


def _keys(model) -> QuerySet:
    return model._base_manager.order_by().values_list("pk")


def _mark_rows(kind: str, keys: QuerySet):
    """Mark the rows of a query inside the database: of a large catalogue they are too many for a short transaction."""
    query, parameters = keys.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{INTO_LOG} SELECT %s, row_keys.* FROM ({query}) AS row_keys", [kind, *parameters])  # nosec B608


def _leave_for_later(records: dict[str, set[int]], room: int) -> bool:
    """Write records that exceed one transaction back as marks; return whether there were any."""
    is_left = False
    for name in TYPES:
        ordered = sorted(records[name])
        records[name], rest = set(ordered[:room]), ordered[room:]
        room -= len(records[name])
        is_left = is_left or bool(rest)
        _mark(part_of(name), rest)
    return is_left


def _mark(kind: str, keys):
    FeedMark.objects.bulk_create((FeedMark(kind=kind, key=key) for key in keys), batch_size=5_000)
