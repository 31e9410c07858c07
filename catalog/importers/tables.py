"""Imports of CSV files: the worker compares the rows, and writes those that differ once a user agrees.

Both steps can be stopped, and go on where they were if the worker is killed. Only rows that the comparison showed are
written, as it showed them.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import batched
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q
from django.tasks import task
from django.utils import timezone
from django.utils.text import Truncator

from catalog.documents.sync.keeping import stamping_at_end
from catalog.importers.held import PATIENCE
from catalog.importers.requested import UNDER_WAY
from catalog.importers.running import StoppedError, cited_models, impact_lines
from catalog.importers.table_rows import CHANGED, FIRST_ROW, RESOURCES, Row, RowConflictError, cells_of, read_table
from catalog.models import AIModel, RunState, TableImport
from ops.db.lock_timeout import let_others_write
from ops.jobs.claims import lapsed
from publishing.content.permissions import AnyUser
from publishing.quality.impact import dry_run
from publishing.quality.staleness import Impact, Passage

BATCH = 25  # rows per transaction, so that SQLite's write lock is released soon
MODELS_AT_ONCE = 10  # whose rows are written and rolled back in one transaction
ROWS_SHOWN, LONGEST_VALUE = 200, 300
KEPT = timedelta(days=30)
COMPARING = [RunState.QUEUED, RunState.RUNNING]
GONE = "The file is no longer on the server. Upload it again."


def request_table(table: str, name: str, content: bytes, user: AnyUser) -> TableImport:
    """Store an uploaded file and queue its comparison. Raises UnreadableTableError."""
    total = len(read_table(content, table)[1])
    with transaction.atomic():
        run = TableImport.objects.create(table=table, file_name=name[:200], total_count=total, requested_by=user)
        _file(run, "csv").parent.mkdir(parents=True, exist_ok=True)
        _file(run, "csv").write_bytes(content)
        go_on.enqueue(run.pk)
    return run


def compare_again(run: TableImport) -> bool:
    """Queue the comparison of the rows that are not written yet; return False if the worker has the file already."""
    ended = Q(state__in=[RunState.HELD, RunState.FAILED, RunState.INTERRUPTED])
    return _queue(run, ended, state=RunState.QUEUED, done_count=0, problem="")


def ask_to_write(run: TableImport, user: AnyUser) -> bool:
    """Queue the writing; return False if it is queued already or nothing waits for it."""
    return _queue(run, Q(state=RunState.HELD), state=RunState.APPLYING, applied_by=user, active_at=timezone.now())


def _queue(run: TableImport, condition: Q, **values) -> bool:
    with transaction.atomic():
        if not TableImport.objects.filter(condition, pk=run.pk).update(**values):
            return False
        go_on.enqueue(run.pk)
    return True


def stop_table(run: TableImport) -> None:
    """Ask the worker to stop after the current batch: a comparison is interrupted, the rest of a writing is held."""
    runs = TableImport.objects.filter(pk=run.pk)
    runs.filter(state__in=COMPARING).update(state=RunState.INTERRUPTED)
    runs.filter(state=RunState.APPLYING).update(state=RunState.HELD)


def resume_tables() -> int:
    """Queue imports again whose worker was killed; return their number."""
    silent = lapsed("active_at", PATIENCE)
    runs = TableImport.objects.filter(silent, state__in=[RunState.RUNNING, RunState.APPLYING])
    return sum(_queue(run, silent & Q(state=run.state), active_at=timezone.now()) for run in runs)


def forget_old_tables() -> None:
    """Delete imports that ended a month ago, with their files."""
    old = TableImport.objects.exclude(state__in=UNDER_WAY).filter(started_at__lt=timezone.now() - KEPT)
    for run in old:
        _forget_files(run)
        run.delete()


def _file(run: TableImport, suffix: str) -> Path:
    """Return the place of the uploaded file ("csv"), or of its rows that differ ("json")."""
    return Path(settings.DATA_DIR) / "imports" / f"table-{run.pk}.{suffix}"


def _forget_files(run: TableImport):
    for suffix in ("csv", "json"):
        _file(run, suffix).unlink(missing_ok=True)


# In the worker ----------------------------------------------------------------------------------------


@task
def go_on(pk: int) -> None:
    """Compare or write the rows of an import, as its state says; a second call at the same time ends the first."""
    run = TableImport.objects.filter(pk=pk, state__in=UNDER_WAY).first()
    if run is None:
        return
    step = Writing(run) if run.state == RunState.APPLYING else Comparison(run)
    try:
        step.go()
    except StoppedError:
        pass
    except FileNotFoundError:
        step.end(RunState.FAILED, problem=GONE)
    except Exception as error:
        step.end(RunState.FAILED, problem=f"It failed: {type(error).__name__}. Compare the file again.")
        raise


class Step:
    """What the worker does with an import. `at` is how far it has come, as stored in its column."""

    column: str
    state: RunState

    def __init__(self, run: TableImport):
        self.run, self.at = run, getattr(run, self.column)

    def go(self) -> None:
        raise NotImplementedError

    def advance(self, to: int) -> None:
        """Store how far it has come, in the transaction of what it wrote. Raises StoppedError if the user has asked for
        that, or if another worker goes on with it.
        """
        if not self._mine().update(**{self.column: to}, active_at=timezone.now()):
            raise StoppedError
        self.at = to

    def end(self, state: RunState, **values: Any) -> None:
        if self._mine().update(state=state, **values) and state == RunState.DONE:
            _forget_files(self.run)

    def _mine(self):
        return TableImport.objects.filter(pk=self.run.pk, state=self.state, **{self.column: self.at})


class Comparison(Step):
    """Stores what each row would change and the texts that say so, or what is wrong with the rows."""

    column, state = "done_count", RunState.RUNNING

    def __init__(self, run: TableImport):
        super().__init__(run)
        self.resource, self.cited = RESOURCES[run.table](), cited_models()
        self.counts: Counter[str] = Counter()
        self.changes: list[list] = []  # number, cells and differences of each row
        # Some of the rows that are wrong, and of those that would change.
        self.sample_rows: dict[bool, list[dict]] = {True: [], False: []}
        self.concerned: dict[int, list[Model]] = defaultdict(list)  # rows by the model that texts cite

    def go(self) -> None:
        runs = TableImport.objects.filter(pk=self.run.pk, state__in=COMPARING)
        runs.update(state=self.state, done_count=0, active_at=timezone.now())
        self.at, since = 0, monotonic()
        names, rows = read_table(_file(self.run, "csv").read_bytes(), self.run.table)
        for numbers in batched(range(self.run.last_written + 1, FIRST_ROW + len(rows)), BATCH):
            cells_by_number = {number: cells_of(names, rows[number - FIRST_ROW]) for number in numbers}
            for row in self.resource.compare(cells_by_number):
                self.note(row, cells_by_number[row.number])
            since = let_others_write(since)
            self.advance(numbers[-1] - FIRST_ROW + 1)
        outcome: dict[str, Any] = {"counts": self.counts, "rows": self.sample_rows[False], "impact": []}
        if self.counts["wrong"]:
            return self.end(RunState.FAILED, **outcome | {"rows": self.sample_rows[True]})
        outcome["impact"] = impact_lines(self.passages(), is_done=False)
        _file(self.run, "json").write_bytes(orjson.dumps(self.changes))
        return self.end(RunState.HELD if self.changes else RunState.DONE, **outcome)

    def note(self, row: Row, cells: dict) -> None:
        self.counts["wrong" if row.problems else "new" if row.is_new else "changed"] += 1
        sample = self.sample_rows[bool(row.problems)]
        if len(sample) < ROWS_SHOWN:
            sample.append(self.as_shown(row, cells))
        if row.problems:
            return
        self.changes.append([row.number, cells, row.differences])
        if (model := self.resource.cited_model(row.instance)) in self.cited:
            self.concerned[model].append(row.instance)

    def as_shown(self, row: Row, cells: dict) -> dict:
        name_cells = [str(cells.get(column) or "") for column in self.resource.named_by]
        differences = [[_short(value) for value in difference] for difference in row.differences]
        problems = [_short(problem) for problem in row.problems]
        return {
            "number": row.number,
            "name": _short(", ".join(filter(None, name_cells))),
            "is_new": row.is_new,
            "differences": differences,
            "problems": problems,
        }

    def passages(self) -> list[Passage]:
        """Return the affected passages of texts. Only rows that texts cite are written, and rolled back, for this."""
        passages, since = [], monotonic()
        for models_and_rows in batched(self.concerned.items(), MODELS_AT_ONCE):
            self.advance(self.at)
            since = let_others_write(since)
            rows = [row for _, of_model in models_and_rows for row in of_model]
            passages += dry_run(partial(Impact, AIModel, {model for model, _ in models_and_rows}), partial(_save, rows))
        return passages


class Writing(Step):
    """Writes what the comparison showed."""

    column, state = "last_written", RunState.APPLYING

    def go(self) -> None:
        changes = orjson.loads(_file(self.run, "json").read_bytes())
        user, since = get_user_model().objects.filter(pk=self.run.applied_by_id).first(), monotonic()
        try:
            with stamping_at_end():
                for batch in batched([change for change in changes if change[0] > self.at], BATCH):
                    self.write(batch, user)
                    since = let_others_write(since)
        except RowConflictError as conflict:
            before = "The rows before it are written." if self.at >= FIRST_ROW else "Nothing is written."
            problem = f"Row {conflict.number:,} was not written, nor any row below it: {conflict} {before}"
            return self.end(RunState.FAILED, problem=problem)
        return self.end(RunState.DONE)

    def write(self, changes: Sequence[list], user: AnyUser | None) -> None:
        """Write these rows in one transaction; if one is in conflict, those before it."""
        resource = RESOURCES[self.run.table]()
        seen = {number: differences for number, _, differences in changes}
        try:
            rows = resource.compare({number: cells for number, cells, _ in changes})
            for row in rows:
                if row.problems or row.differences != seen[row.number]:
                    raise RowConflictError(row.number, " ".join(row.problems) or CHANGED)
            with transaction.atomic():
                resource.write(rows, user)
                self.advance(changes[-1][0])
        except RowConflictError as conflict:
            if before := [change for change in changes if change[0] < conflict.number]:
                self.write(before, user)
            raise


def _save(rows: list[Model]):
    for row in rows:
        row.save_base(raw=True)


def _short(text: str) -> str:
    return Truncator(text.replace("\0", "\N{REPLACEMENT CHARACTER}")).chars(LONGEST_VALUE)
