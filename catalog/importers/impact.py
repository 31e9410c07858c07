"""The impact of an import: sentences of published texts that it changes."""

from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType

from catalog.importers.entries import SourceEntry, batches
from catalog.importers.handler import Handler
from catalog.models import AIModel, RecordKind
from publishing.content.reference import Reference
from publishing.quality.impact import counts_in_words, dry_run
from publishing.quality.staleness import Impact, Passage

MOST_SENTENCES = 500


def cited_models() -> set[int]:
    """Return the keys of the models that texts reference."""
    kind = ContentType.objects.get_for_model(AIModel)
    return set(Reference.objects.filter(target_type=kind).values_list("target_id", flat=True))


def impact_of(make_handlers: Callable[[], list[Handler]], entries: list[SourceEntry], cited: set[int]) -> list[Passage]:
    """Return the passages that importing `entries` would affect. `make_handlers` returns handlers that write.

    Entries that do not concern `cited` models can be left out, which keeps this fast for large feeds.
    """
    if all(entry.kind == RecordKind.PROVIDER for entry in entries):
        return []

    def change():
        for handler, some in batches(make_handlers(), entries):
            handler.apply(handler.plan(some))

    return dry_run(lambda: Impact(AIModel, cited), change)


def told(passages: list[Passage], *, is_done: bool) -> list[dict]:
    """Return report lines about the affected passages, starting with the number of pages."""
    if not passages:
        return []
    what = "changes pages" if is_done else "would change pages"
    head = {"what": what, "place": counts_in_words(passages), "reason": "all stand in “Needs review” then"}
    return [head, *({"what": what, **_line(passage)} for passage in passages[:MOST_SENTENCES])]


def _line(passage: Passage) -> dict:
    changes = (
        f"{change.label.lower()}: {change.before or 'unknown'} → {change.after or 'unknown'}"
        for change in passage.changes
    )
    return {"place": f"“{passage.record}”: {passage.sentence}", "reason": f"{passage.target}, {'; '.join(changes)}"}
