"""What an import bears on: the sentences of published texts that say something else by it."""

from collections.abc import Callable
from itertools import batched

from django.contrib.contenttypes.models import ContentType

from catalog.importers.entries import Entry
from catalog.importers.gone import end
from catalog.importers.handler import Handler
from catalog.models import AIModel, ImportedRecord, ImportRun, Offering, RecordKind
from publishing.impact import counts_in_words, rehearsed
from publishing.models import Reference
from publishing.staleness import Impact, Passage

BATCH = 250
MOST_SENTENCES = 500


def cited_models() -> set[int]:
    """The keys of the models that texts name or cite."""
    kind = ContentType.objects.get_for_model(AIModel)
    return set(Reference.objects.filter(target_type=kind).values_list("target_id", flat=True))


def impact_of(
    run: ImportRun,
    make_handlers: Callable[[], list[Handler]],
    entries: list[Entry],
    gone: list[ImportedRecord],
    cited: set[int],
) -> list[Passage]:
    """Return the sentences on which taking over `entries` would bear, and ending `gone`. `make_handlers` gives what
    writes. Only what concerns `cited` models need be among the entries: so it is quick, however large the feed."""
    ends = _concerning(gone, cited)
    if not ends and all(entry.kind == RecordKind.PROVIDER for entry in entries):
        return []

    def change():
        for handler in make_handlers():
            for some in batched([entry for entry in entries if entry.kind == handler.kind], BATCH):
                handler.apply(handler.plan(list(some)))
        for link in ends:
            end(link, run.data_on, run)

    return rehearsed(lambda: Impact(AIModel, cited), change)


def _concerning(gone: list[ImportedRecord], cited: set[int]) -> list[ImportedRecord]:
    """Those that end the offering of one of these models."""
    pks = [link.record_id for link in gone if link.kind == RecordKind.OFFERING]
    offerings = set()
    for some in batched(pks, BATCH):
        rows = Offering.objects.filter(pk__in=some).values_list("pk", "model_id")
        offerings |= {pk for pk, model in rows if model in cited}
    return [link for link in gone if link.kind == RecordKind.OFFERING and link.record_id in offerings]


def told(passages: list[Passage], *, is_done: bool) -> list[dict]:
    """Return the lines in which the report of an import says so, how many pages there are first."""
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
