"""What users did to each value, read from the change log."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from catalog.models import Action, FieldChange

type Place = str | tuple[str, int]  # a field, or table and key of a part


@dataclass
class FieldHistory:
    """The change log of one record. `held` values were set by a user, on that day, and `deleted_parts` deleted by one.

    `opened` ones may be changed by every import, because a user said so.
    """

    held: dict[Place, date] = field(default_factory=dict)
    opened: set[Place] = field(default_factory=set)
    deleted_parts: list[tuple[str, dict, date]] = field(default_factory=list)

    def note(self, change: FieldChange) -> None:
        day = timezone.localdate(change.at)
        place = (change.part, change.part_id or 0) if change.part else change.field
        if change.part and change.holds and change.action == Action.DELETED:
            self.deleted_parts.append((change.part, change.old, day))
        elif place and change.holds:
            self.held[place] = day
            self.opened.discard(place)
        elif place and (change.is_open or not change.part):
            self.held.pop(place, None)
            self.opened |= {place} if change.is_open else set()

    def part_set_on(self, part: str) -> date | None:
        """Return the last day on which a user edited or deleted a row of that table."""
        edited = [day for place, day in self.held.items() if place[0] == part]
        return max(edited + [day for name, _, day in self.deleted_parts if name == part], default=None)


def histories(model: type, pks: list[int]) -> dict[int, FieldHistory]:
    """Return the histories of records, by primary key. One query."""
    history_by_pk = defaultdict(FieldHistory)
    for change in FieldChange.objects.of(model, pks).order_by("pk"):
        if change.taken_back_at is None or change.holds:
            history_by_pk[change.record_id].note(change)
    return history_by_pk
