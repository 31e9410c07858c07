"""How long transactions hold the write lock of SQLite, by processor time and by the clock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from django.db import connection

from ops.db.write_watcher import parse


@dataclass
class WriteTransaction:
    """A transaction that began IMMEDIATE, or a single statement that wrote outside of one."""

    begun: float = field(default_factory=time.monotonic)
    cpu_begun: float = field(default_factory=time.thread_time)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    statements: int = 0
    tables: set[str] = field(default_factory=set)

    def note(self, sql: str) -> None:
        self.statements += 1
        if write := parse(sql):
            self.tables.add(write.table or sql[:60])

    def end(self) -> None:
        self.seconds, self.cpu_seconds = time.monotonic() - self.begun, time.thread_time() - self.cpu_begun

    def __str__(self):
        tables = ", ".join(sorted(self.tables)) or "nothing"
        return f"{self.cpu_seconds:.2f} s CPU, {self.seconds:.2f} s, {self.statements} statements on {tables}"


@contextmanager
def write_transactions() -> Iterator[list[WriteTransaction]]:
    """Yield a list that fills with the finished write transactions of this thread's connection."""
    finished: list[WriteTransaction] = []
    current: list[WriteTransaction] = []

    def execute(execute, sql, params, many, context):
        if current:
            current[-1].note(sql)
            return execute(sql, params, many, context)
        own = WriteTransaction()
        result = execute(sql, params, many, context)
        if sql.startswith("BEGIN IMMEDIATE"):
            current.append(WriteTransaction())  # not the time of waiting for the lock
        elif not sql.startswith("BEGIN") and parse(sql):
            own.note(sql)
            own.end()
            finished.append(own)
        return result

    def ends(function):
        def end():
            try:
                return function()
            finally:
                if current:
                    transaction = current.pop()
                    transaction.end()
                    finished.append(transaction)

        return end

    with (
        connection.execute_wrapper(execute),
        patch.object(connection, "_commit", ends(connection._commit)),
        patch.object(connection, "_rollback", ends(connection._rollback)),
    ):
        yield finished
