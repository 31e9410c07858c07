"""The owner of a value: a user, a feed, or unknown. Read from the change log."""

from collections import defaultdict
from dataclasses import dataclass, field

from catalog.models import Action, FieldChange
from catalog.rules.choices import ImportFeed

BY_HAND, DELETED_BY_HAND = "set manually", "deleted manually"


@dataclass
class FieldHistory:
    """The change log of one record. Parts are named by their table."""

    held: set[str] = field(default_factory=set)
    held_parts: set[tuple[str, int]] = field(default_factory=set)
    deleted_parts: list[tuple[str, dict]] = field(default_factory=list)
    writers: dict[str, str] = field(default_factory=dict)

    def note(self, change: FieldChange, feed: str | None) -> None:
        if change.part:
            if change.holds and change.action == Action.DELETED:
                self.deleted_parts.append((change.part, change.old))
            elif change.holds:
                self.held_parts.add((change.part, change.part_id))
        elif change.field:
            (self.held.add if change.holds else self.held.discard)(change.field)
            if feed:
                self.writers[change.field] = feed

    def holds_part(self, part: str) -> bool:
        """Return whether a user edited or deleted a row of that table."""
        return any(name == part for name, _ in self.held_parts) or any(name == part for name, _ in self.deleted_parts)


def histories(model: type, pks: list[int]) -> dict[int, FieldHistory]:
    """Return the histories of records, by primary key. One query."""
    found = defaultdict(FieldHistory)
    # Deferred, because reports are long and would be repeated for each change.
    changes = FieldChange.objects.of(model, pks).select_related("run").defer("run__report", "run__counts")
    for change in changes.order_by("pk"):
        if change.taken_back_at is None or change.holds:
            found[change.record_id].note(change, change.run.feed if change.run else None)
    return found


def why_not_from(writer: str, feed: str) -> str:
    """Return why `feed` may not replace a value that another feed wrote, or nobody knows who (""); "" if it may."""
    if writer == feed:
        return ""
    return f"from {ImportFeed(writer).label}" if writer else "existing record"
