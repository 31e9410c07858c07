"""What users and feeds did to each value, read from the change log."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from catalog.models import Action, FieldChange


@dataclass
class FieldHistory:
    """The change log of one record. Parts are named by their table and key.

    `held` values were set by a user, on that day; `opened` ones may be changed by every import, because a user said so.
    """

    held: dict[str, date] = field(default_factory=dict)
    held_parts: dict[tuple[str, int], date] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    opened_parts: set[tuple[str, int]] = field(default_factory=set)
    deleted_parts: list[tuple[str, dict, date]] = field(default_factory=list)
    writers: dict[str, str] = field(default_factory=dict)

    def note(self, change: FieldChange, feed: str | None) -> None:
        day, part = timezone.localdate(change.at), (change.part, change.part_id or 0)
        if change.part and change.holds and change.action == Action.DELETED:
            self.deleted_parts.append((change.part, change.old, day))
        elif change.part:
            _note(change, part, self.held_parts, self.opened_parts, day)
        elif change.field:
            self.held.pop(change.field, None)
            _note(change, change.field, self.held, self.opened, day)
            if feed:
                self.writers[change.field] = feed

    def part_set_on(self, part: str) -> date | None:
        """Return the last day on which a user edited or deleted a row of that table."""
        edited = [day for (name, _), day in self.held_parts.items() if name == part]
        return max(edited + [day for name, _, day in self.deleted_parts if name == part], default=None)


def _note[Key](change: FieldChange, key: Key, held: dict[Key, date], opened: set[Key], day: date):
    if change.holds:
        held[key] = day
        opened.discard(key)
    elif change.is_open:
        held.pop(key, None)
        opened.add(key)


def histories(model: type, pks: list[int]) -> dict[int, FieldHistory]:
    """Return the histories of records, by primary key. One query."""
    found = defaultdict(FieldHistory)
    # Deferred, because reports are long and would be repeated for each change.
    changes = FieldChange.objects.of(model, pks).select_related("run").defer("run__report", "run__counts")
    for change in changes.order_by("pk"):
        if change.taken_back_at is None or change.holds:
            found[change.record_id].note(change, change.run.feed if change.run else None)
    return found
