"""Registry of everything that must follow when records with a page are written or deleted.

A mechanism registers its functions in a module that its app loads at start; the models know none of them. The
functions run in the order of their registration, inside the transaction that writes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from publishing.richtext import clean, rich_text_fields
from publishing.richtext.allowlist import MOST_CHARACTERS


class Hook:
    def __init__(self):
        self._functions: list[Callable] = []

    def register(self, function: Callable) -> Callable:
        """Add `function`; usable as a decorator."""
        self._functions.append(function)
        return function

    def run(self, *args):
        for function in self._functions:
            function(*args)


@dataclass
class Written:
    """Records of one model that were just written.

    `fields` names the fields that may have changed, None standing for all of them. `old_addresses` are those that the
    rows had before, by primary key; new rows have none. With `rewrite` derived rows are written even where they look
    right.
    """

    model: type
    pks: list[int]
    fields: frozenset[str] | None = None
    old_addresses: dict[int, str] = field(default_factory=dict)
    rewrite: bool = False

    @cached_property
    def records(self) -> list:
        """The records as they are stored. One query."""
        return list(self.model._base_manager.filter(pk__in=self.pks))

    def touches(self, fields) -> bool:
        return bool(fields) and (self.fields is None or not self.fields.isdisjoint(fields))


# Functions that take cleaned rich texts about to be stored, and cache what takes long and follows from these alone:
# while a transaction is open, nobody else can write to SQLite.
before_transaction = Hook()
before_write = Hook()  # functions that take a record and may change its fields
after_write = Hook()  # functions that take what was `Written`
before_delete = Hook()  # functions that take a model and primary keys


def prepare_texts(model, values):
    """Do before a transaction what takes long and follows from the rich texts in `values`, a mapping by field name."""
    texts = [values.get(name) for name in sorted(rich_text_fields(model))]
    before_transaction.run(
        [clean(html) for html in texts if isinstance(html, str) and 0 < len(html) <= MOST_CHARACTERS]
    )
