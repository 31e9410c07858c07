"""Hooks that run, in order of registration, in the transaction that writes or deletes records with a page."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from publishing.richtext import clean, rich_text_fields
from publishing.richtext.allowlist import why_too_long
from publishing.richtext.field import blocks_fields
from publishing.richtext.snippets import with_snippets

if TYPE_CHECKING:
    from publishing.content.publishable import Publishable


class Hook(list[Callable]):
    """Functions, in order of registration."""

    def register[F: Callable](self, function: F) -> F:
        """Add `function`; usable as a decorator."""
        self.append(function)
        return function

    def run(self, *args: object) -> None:
        for function in self:
            function(*args)


@dataclass
class SavedRecords:
    """Records of one model that were just written.

    `fields` is None if all may have changed. New rows have no old address. `rewrite` writes even correct derived rows.
    """

    model: type["Publishable"]
    pks: list[int]
    fields: Set[str] | None = None
    old_addresses: dict[int, str] = field(default_factory=dict)
    rewrite: bool = False

    @cached_property
    def records(self) -> list:
        """Return the records as they are stored. One query."""
        return list(self.model._base_manager.filter(pk__in=self.pks))

    def touches(self, fields: Set[str]) -> bool:
        return bool(fields) and (self.fields is None or not self.fields.isdisjoint(fields))


# Functions that take cleaned rich texts about to be stored and do slow work that depends only on them: no other process
# can write to SQLite while a transaction is open.
before_transaction = Hook()
before_write = Hook()  # functions that take a record and may change its fields
after_write = Hook()  # functions that take a `SavedRecords`
before_delete = Hook()  # functions that take a model and primary keys


def prepare_texts(model: type["Publishable"], *records: Mapping[str, object]) -> None:
    """Do the slow work for the rich texts in `records`, mappings by field name, before the transaction."""
    texts = [text for values in records for text in _texts_in(model, values)]
    cleaned = [clean(html) for html in texts if isinstance(html, str) and html and not why_too_long(html)]
    cleaned = [html for html in cleaned if not why_too_long(html)]  # headings have got their anchors
    before_transaction.run(list(dict.fromkeys([*cleaned, *map(with_snippets, cleaned)])))


def _texts_in(model, values) -> list:
    blocks = {name: values[name] for name in blocks_fields(model) if isinstance(values.get(name), list)}
    derived = model.derived(blocks) if blocks else {}
    texts = [derived.get(name, values.get(name)) for name in sorted(rich_text_fields(model))]
    return texts + [html for name, value in blocks.items() for html in blocks_fields(model)[name].texts(value)]
