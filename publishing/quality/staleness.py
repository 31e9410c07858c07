"""Find published texts whose facts have changed since the texts were written.

Each reference stores the facts that were known when its text was last confirmed. Whether they differ from today's facts
is stored beside them, with the moment from which they do, so that no job is needed when a date passes. References are
compared again after each write of the record that they mention.
"""

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from itertools import batched
from time import monotonic
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError
from django.db.models import Model
from django.utils import timezone

from ops.db.lock_timeout import lock_timeout
from publishing.content.facts import citable, facts_depended_on, label_of
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.mentions import names_in_html
from publishing.richtext import rich_text_fields
from publishing.richtext.document import Mention
from publishing.richtext.reading import mentions
from publishing.richtext.snippets import with_snippets
from publishing.search.entry import SearchEntry

BATCH = 500
COMPARE_SECONDS, LOCK_MS = 0.2, 50  # on pages that show stale texts

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FactChange:
    """A fact that a text relies on: its label, and its value then and now ("" for unknown or hidden)."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Passage:
    """A sentence of `record`, with the changes of the record that it mentions; or a row of a comparison table. `table`
    is then the caption, which `sentence` contains too."""

    record: Publishable
    target: str
    sentence: str
    changes: tuple[FactChange, ...]
    table: str = ""


def passages_of(record: Publishable) -> list[Passage]:
    """Return the sentences of a public record that need review."""
    return _passages(
        Reference.objects.filter(source_type=ContentType.objects.get_for_model(record), source_id=record.pk)
    )


def passages_by_record(references: Iterable[Reference]) -> dict[Publishable, list[Passage]]:
    """Return the sentences that need review in the public records among the sources of `references`."""
    return by_record(_passages(references))


def by_record(passages: list[Passage]) -> dict[Publishable, list[Passage]]:
    passages_by_record = defaultdict(list)
    for passage in passages:
        passages_by_record[passage.record].append(passage)
    return dict(passages_by_record)


def stale_texts(kinds: Iterable[type[Model]]) -> list[tuple[int, int]]:
    """Return (content type id, primary key) of the public texts of these kinds that have stale references, those with
    the most references first. Two queries."""
    now, labels = timezone.now(), {kind._meta.label_lower for kind in kinds}
    stale = Reference.objects.stale()
    counts = Counter(stale.values_list("source_type", "source_id"))
    # Some entries belong to a text of another type that has one of the keys.
    types = {kind for kind, _ in counts}
    entries = SearchEntry.objects.filter(source_type__in=types, source_id__in=stale.values("source_id"))
    fields = ("source_type", "source_id", "kind", "visible_from", "visible_until")
    public = {
        (kind, pk)
        for kind, pk, label, since, until in entries.values_list(*fields)
        if label in labels and (since is None or since <= now) and (until is None or until > now)
    }
    return sorted(counts.keys() & public, key=lambda key: (-counts[key], key))


def compare_soon() -> None:
    """Compare the references that are due, as far as that is quick; the worker does the rest within a minute."""
    if not Reference.objects.due().exists():
        return
    try:
        with lock_timeout(LOCK_MS):
            compare_due(COMPARE_SECONDS)
    except OperationalError:
        logger.info("Another connection is writing; references are compared later.")


def compare_due(seconds: float) -> None:
    """Compare due references with today's facts; start no further batch after this many seconds."""
    end = monotonic() + seconds
    while rows := list(Reference.objects.due().order_by("target_type", "target_id")[:BATCH]):
        _compare(rows)
        if monotonic() > end:
            break


def _compare(rows: list[Reference]):
    # This comes first because it may stamp older records, which makes rows due again.
    turns = _turns(rows)
    now = timezone.now()
    rows = list(Reference.objects.filter(pk__in=[row.pk for row in rows]))
    changes = {
        row.pk: [(now, facts)]
        for row, facts in zip(rows, facts_depended_on([row.mention for row in rows]), strict=True)
    }
    for moment in sorted(set().union(*turns.values())):
        turning_rows = [row for row in rows if moment in turns[row.target_type_id, row.target_id]]
        for row, facts in zip(
            turning_rows, facts_depended_on([row.mention for row in turning_rows], moment), strict=True
        ):
            changes[row.pk].append((moment, facts))
    # For a reference to a page that readers cannot see, no facts are known until they can.
    newly_public = [row for row in rows if not row.known and row.mention.label not in citable and changes[row.pk][0][1]]
    for row in newly_public:
        row.known = changes[row.pk][0][1]
    Reference.objects.bulk_update(newly_public, ["known"])
    groups = defaultdict(list)
    for row in rows:
        groups[_stale_period(row, changes[row.pk])].append(row.pk)
    for (stale_from, compare_at), pks in groups.items():
        # A row written in the meantime is due again and is left alone.
        due = Reference.objects.filter(pk__in=pks, compare_at__lte=now)
        due.update(stale_from=stale_from, compare_at=compare_at)


def _stale_period(row: Reference, changes: list[tuple[datetime, dict]]) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when this reference makes its text stale, None for never."""
    if _was_hidden(row):
        return None, next((moment for moment, facts in changes if facts), None)
    differs = [(moment, facts != row.known) for moment, facts in changes]
    start = next((moment for moment, is_stale in differs if is_stale), None)
    end = next((moment for moment, is_stale in differs if start and moment > start and not is_stale), None)
    if start and start == changes[0][0] and row.stale_from:
        start = min(start, row.stale_from)  # it was stale before
    return start, end


def _turns(rows: list[Reference]) -> dict[tuple[int, int], set[datetime]]:
    """Return the future moments at which the facts of each target may change without a write, by type and key of the
    target."""
    now, turns = timezone.now(), defaultdict(set)
    for kind, pks in _keys_by_type(rows, "target").items():
        model = cast(type[Model], ContentType.objects.get_for_id(kind).model_class())
        if model._meta.label_lower in citable:
            for pk, days in citable[model._meta.label_lower].turns(pks, timezone.localdate(now)).items():
                turns[kind, pk] |= {timezone.make_aware(datetime.combine(day, time.min)) for day in days}
        elif issubclass(model, Prose):
            texts = model.objects.published_sometime().filter(pk__in=pks)
            for pk, *moments in texts.values_list("pk", "publish_at", "expire_at"):
                turns[kind, pk] |= {moment for moment in moments if moment and moment > now}
    return turns


def token_of(passages: list[Passage]) -> str:
    """Return a hash of these sentences and values of one record, which identifies what an editor was shown."""
    entries = sorted(repr((item.target, item.sentence, item.table, item.changes)) for item in passages)
    return hashlib.sha256("\n".join(entries).encode()).hexdigest()[:32]


def mark_reviewed(record: Publishable, known_then: list | None = None, *, with_typed: bool = False) -> None:
    """Record that an editor has confirmed the texts of `record` with today's facts, or with `known_then`, the facts
    that `known_by` returned when they saw the texts; and `with_typed` also values that differ from the catalogue."""
    kind = ContentType.objects.get_for_model(record)
    rows = Reference.objects.relied_on().filter(source_type=kind, source_id=record.pk).order_by("pk")
    rows = [row for row in rows if with_typed or not row.is_typed]
    if known_then is None:
        facts_of_rows = facts_depended_on([row.mention for row in rows])
    else:
        by_mention = {tuple(names): facts for *names, facts in known_then}
        facts_of_rows = [by_mention.get(_names_of(row.field, row.mention), row.known) for row in rows]
    changed = []
    for row, facts in zip(rows, facts_of_rows, strict=True):
        if row.known != facts:
            row.known, row.compare_at = facts, timezone.now()
            changed.append(row)
    Reference.objects.bulk_update(changed, ["known", "compare_at"])


def known_by(model: type[Publishable], texts: dict) -> list[list]:
    """Return today's facts of all records mentioned in `texts` (by field) of a record of `model`, in JSON types."""
    mentioned, lexicon = [], current_lexicon()
    for field in sorted(rich_text_fields(model)):
        html = with_snippets(texts.get(field) or "")
        mentioned += [(field, item) for item in mentions(html)]
        sure = (item.names[0] for item in names_in_html(html, lexicon) if item.may_be_linked)
        mentioned += [(field, Mention(name.label, name.pk, name.written, "")) for name in sure]
    facts_by_names = {
        _names_of(field, item): facts
        for (field, item), facts in zip(mentioned, facts_depended_on([item for _, item in mentioned]), strict=True)
    }
    return [[*names, facts] for names, facts in facts_by_names.items()]


def _names_of(field: str, item: Mention) -> tuple:
    return field, item.label, item.pk, item.fact


class Impact:
    """The effect of a change of records of `model` on published texts. `keys` limits it to some of the records. Create
    it before the change and query it afterwards."""

    def __init__(self, model, keys=None):
        rows = Reference.objects.relied_on().filter(target_type=ContentType.objects.get_for_model(model))
        rows = rows if keys is None else rows.filter(target_id__in=keys)
        self.rows = list(rows.order_by("source_type_id", "source_id", "pk"))
        self.before = facts_depended_on([row.mention for row in self.rows])

    def passages(self, moved: dict[int, int] | None = None) -> list[Passage]:
        """Return the affected sentences of public records, each with the facts before and after the change.

        `moved` maps keys of merged records to their new ones.
        """
        for row in self.rows:
            row.target_id = (moved or {}).get(row.target_id, row.target_id)
        compared = zip(self.rows, self.before, facts_depended_on([row.mention for row in self.rows]), strict=True)
        changed = [(row, before, after) for row, before, after in compared if before != after]
        return _passages_of_changed(changed)


def _passages(references) -> list[Passage]:
    passages = []
    for rows in batched(references.order_by("pk").iterator(BATCH), BATCH):
        today = facts_depended_on([row.mention for row in rows])
        changed = [
            (row, row.known, facts)
            for row, facts in zip(rows, today, strict=True)
            if row.known is not None and row.known != facts and not _was_hidden(row)
        ]
        passages += _passages_of_changed(changed)
    return passages


def _was_hidden(row: Reference) -> bool:
    """Return whether readers could not see the page that a text links to. That they can see it now is not a change."""
    return not row.known and row.mention.label not in citable


def _passages_of_changed(changed: list[tuple[Reference, dict, dict]]) -> list[Passage]:
    """Return the sentences of public records among these references, each with the facts before and after, once per
    record that the sentence mentions."""
    rows = [row for row, _, _ in changed]
    records, names = _public_sources(rows), _names_of_targets(rows)
    changes_by_passage = {}
    for row, before, after in changed:
        if record := records.get((row.source_type_id, row.source_id)):
            passage = _passage(record, row, before, after, names)
            together = changes_by_passage.setdefault((record, passage.target, passage.sentence, passage.table), [])
            together += [change for change in passage.changes if change not in together]
    return [
        Passage(record, target, sentence, tuple(changes), table)
        for (record, target, sentence, table), changes in changes_by_passage.items()
    ]


def _keys_by_type(rows: list[Reference], end: str) -> dict[int, set[int]]:
    """Return the keys of the sources or targets (`end`) of references, by type."""
    keys = defaultdict(set)
    for row in rows:
        keys[getattr(row, f"{end}_type_id")].add(getattr(row, f"{end}_id"))
    return keys


def _names_of_targets(rows) -> dict[tuple[int, int], str]:
    """Return the titles of the mentioned records by type and key, hidden ones included, deleted ones left out."""
    names = {}
    for kind, pks in _keys_by_type(rows, "target").items():
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is not None and issubclass(model, Publishable):
            titles = model._base_manager.filter(pk__in=pks).values_list("pk", model.title_field)
            names |= {(kind, pk): title for pk, title in titles}
    return names


def _public_sources(rows) -> dict[tuple[int, int], Publishable]:
    """Return the public sources of references by type and key, loaded with their titles and address fields."""
    sources = {}
    for kind, pks in _keys_by_type(rows, "source").items():
        model = cast(type[Publishable], ContentType.objects.get_for_id(kind).model_class())
        records = model.objects.published().filter(pk__in=pks).only(model.title_field, *model.address_fields)
        sources |= {(kind, record.pk): record for record in records}
    return sources


def _passage(record, row: Reference, before: dict[str, str], after: dict[str, str], names) -> Passage:
    typed = ", as typed" if row.is_typed else ""
    changes = tuple(
        FactChange(label_of(row.mention.label, name) + typed, before.get(name, ""), after.get(name, ""))
        for name in ([row.fact] if row.is_typed else before | after)
        if before.get(name, "") != after.get(name, "")
    )
    target = names.get((row.target_type_id, row.target_id)) or before.get("name") or row.words
    return Passage(record, target, row.sentence or row.words, changes, row.table)
