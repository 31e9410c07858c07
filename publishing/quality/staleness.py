"""Which published texts say something of which more, or something else, is known today than when they were written.

Each reference keeps what was known when somebody last stood by its text. Whether that differs from what is known now is
stored beside it, with the moment from which it does, so the passing of a date needs no job. It is compared again after
each write of the record that it mentions.
"""

import hashlib
import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from itertools import batched
from time import monotonic

from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError
from django.utils import timezone

from ops.db.lock_timeout import lock_timeout
from publishing.content.facts import citable, known_of, labels_of
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.richtext import rich_text_fields
from publishing.richtext.document import Mention
from publishing.richtext.reading import mentions
from publishing.search.entry import SearchEntry

BATCH = 500
COMPARE_SECONDS, LOCK_MS = 0.2, 50  # for a page that shows what is stale

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """One fact on which a text leans: what it is called, and its value then and now, "" for unknown or hidden."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Passage:
    """A sentence of `record`, with what has changed of the record that it names; or a row of a comparison table, then
    `table` is the caption of that, which "sentence" names as well."""

    record: Publishable
    target: str
    sentence: str
    changes: tuple[Change, ...]
    table: str = ""


def passages_of(record) -> list[Passage]:
    """Return the sentences of one public record that are to be looked at again."""
    return _passages(
        Reference.objects.filter(source_type=ContentType.objects.get_for_model(record), source_id=record.pk)
    )


def passages_by_record(references) -> dict[Publishable, list[Passage]]:
    """Return the sentences to be looked at again of the public records among the sources of `references`."""
    found = defaultdict(list)
    for passage in _passages(references):
        found[passage.record].append(passage)
    return dict(found)


def stale_texts(kinds) -> list[tuple[int, int]]:
    """Return the keys of the public texts of these kinds that have stale references, each with that of its content
    type before it; those with the most references first. Two queries."""
    now, labels = timezone.now(), {kind._meta.label_lower for kind in kinds}
    stale = Reference.objects.stale()
    counts = Counter(stale.values_list("source_type", "source_id"))
    # Some entries are of a text of another type that happens to have one of the keys.
    types = {kind for kind, _ in counts}
    entries = SearchEntry.objects.filter(source_type__in=types, source_id__in=stale.values("source_id"))
    fields = ("source_type", "source_id", "kind", "visible_from", "visible_until")
    public = {
        (kind, pk)
        for kind, pk, label, since, until in entries.values_list(*fields)
        if label in labels and (since is None or since <= now) and (until is None or until > now)
    }
    return sorted(counts.keys() & public, key=lambda key: (-counts[key], key))


def compare_soon():
    """Compare what is due, as far as that is quick; the worker does the rest within a minute."""
    if not Reference.objects.due().exists():
        return
    try:
        with lock_timeout(LOCK_MS):
            compare_due(COMPARE_SECONDS)
    except OperationalError:
        logger.info("Another connection is writing; references are compared later.")


def compare_due(seconds: float):
    """Compare references that are due with what is known now; begin no further batch after so many seconds."""
    end = monotonic() + seconds
    while rows := list(Reference.objects.due().order_by("target_type", "target_id")[:BATCH]):
        _compare(rows)
        if monotonic() > end:
            break


def _compare(rows: list[Reference]):
    # First, since this may stamp what was written before, which makes rows due again.
    turns = _turns(rows)
    now = timezone.now()
    rows = list(Reference.objects.filter(pk__in=[row.pk for row in rows]))
    changes = {row.pk: [(now, known)] for row, known in zip(rows, known_of([row.mention for row in rows]), strict=True)}
    for moment in sorted(set().union(*turns.values())):
        some = [row for row in rows if moment in turns[row.target_type_id, row.target_id]]
        for row, known in zip(some, known_of([row.mention for row in some], moment), strict=True):
            changes[row.pk].append((moment, known))
    # Of a text that leads to a record that readers do not find, nothing is known until they do.
    found = [row for row in rows if not row.known and row.mention.label not in citable and changes[row.pk][0][1]]
    for row in found:
        row.known = changes[row.pk][0][1]
    Reference.objects.bulk_update(found, ["known"])
    groups = defaultdict(list)
    for row in rows:
        groups[_stale_period(row, changes[row.pk])].append(row.pk)
    for (stale_from, compare_at), pks in groups.items():
        # A row that was written meanwhile is due again.
        due = Reference.objects.filter(pk__in=pks, compare_at__lte=now)
        due.update(stale_from=stale_from, compare_at=compare_at)


def _stale_period(row: Reference, changes: list[tuple[datetime, dict]]) -> tuple[datetime | None, datetime | None]:
    """Return from when on and until when a text is stale by this reference, None for never."""
    if _was_hidden(row):
        return None, next((moment for moment, known in changes if known), None)
    differs = [(moment, known != row.known) for moment, known in changes]
    start = next((moment for moment, is_stale in differs if is_stale), None)
    end = next((moment for moment, is_stale in differs if start and moment > start and not is_stale), None)
    if start == changes[0][0] and row.stale_from:
        start = min(start, row.stale_from)  # it was stale before
    return start, end


def _turns(rows: list[Reference]) -> dict[tuple[int, int], set[datetime]]:
    """Return, by type and key of the target, the moments from now on at which what is known of it may change without a
    write."""
    now, keys = timezone.now(), defaultdict(set)
    for row in rows:
        keys[row.target_type_id].add(row.target_id)
    turns = defaultdict(set)
    for kind, pks in keys.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        if model._meta.label_lower in citable:
            for pk, days in citable[model._meta.label_lower].turns(pks, timezone.localdate(now)).items():
                turns[kind, pk] |= {timezone.make_aware(datetime.combine(day, time.min)) for day in days}
        elif issubclass(model, Prose):
            texts = model.objects.published_sometime().filter(pk__in=pks)
            for pk, *moments in texts.values_list("pk", "publish_at", "expire_at"):
                turns[kind, pk] |= {moment for moment in moments if moment and moment > now}
    return turns


def token_of(passages: list[Passage]) -> str:
    """What tells these sentences and values of one record from others: of what somebody was shown."""
    shown = sorted(repr((item.target, item.sentence, item.table, item.changes)) for item in passages)
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:32]


def stand_by(record, known_then: list | None = None):
    """Note that somebody has looked at what the texts of `record` say, and at what is known of it today; or was known
    when she did, as `known_by` said then."""
    kind = ContentType.objects.get_for_model(record)
    rows = list(Reference.objects.filter(source_type=kind, source_id=record.pk).order_by("pk"))
    if known_then is None:
        found = known_of([row.mention for row in rows])
    else:
        by_mention = {tuple(names): known for *names, known in known_then}
        found = [by_mention.get(_names_of(row.field, row.mention), row.known) for row in rows]
    changed = []
    for row, known in zip(rows, found, strict=True):
        if row.known != known:
            row.known, row.compare_at = known, timezone.now()
            changed.append(row)
    Reference.objects.bulk_update(changed, ["known", "compare_at"])


def known_by(model, texts: dict) -> list[list]:
    """Return what is known today of all that `texts` of a record of `model` mention, by field, as JSON has it."""
    named = [(field, item) for field in sorted(rich_text_fields(model)) for item in mentions(texts.get(field) or "")]
    found = {
        _names_of(field, item): known
        for (field, item), known in zip(named, known_of([item for _, item in named]), strict=True)
    }
    return [[*names, known] for names, known in found.items()]


def _names_of(field: str, item: Mention) -> tuple:
    return field, item.label, item.pk, item.fact


class Impact:
    """What a change of records of `model` (of those with these keys, or of any) means for published texts. Made before
    the change, asked after it."""

    def __init__(self, model, keys=None):
        rows = Reference.objects.filter(target_type=ContentType.objects.get_for_model(model))
        rows = rows if keys is None else rows.filter(target_id__in=keys)
        self.rows = list(rows.order_by("source_type_id", "source_id", "pk"))
        self.before = known_of([row.mention for row in self.rows])
        self.after = None

    def look_again(self, moved: dict[int, int] | None = None):
        """Note what is known after the change, while it is there: it may be rolled back before `passages`.

        `moved` says which record stands for which by now, by keys, where records were merged.
        """
        for row in self.rows:
            row.target_id = (moved or {}).get(row.target_id, row.target_id)
        self.after = known_of([row.mention for row in self.rows])

    def passages(self, moved: dict[int, int] | None = None) -> list[Passage]:
        """The sentences of public records on which it bears, each with what was known before and is known now."""
        if self.after is None:
            self.look_again(moved)
        found = zip(self.rows, self.before, self.after, strict=True)
        changed = [(row, before, known) for row, before, known in found if before != known]
        return _passages_of_changed(changed)


def _passages(references) -> list[Passage]:
    found = []
    for rows in batched(references.order_by("pk").iterator(BATCH), BATCH):
        today = known_of([row.mention for row in rows])
        changed = [
            (row, row.known, known)
            for row, known in zip(rows, today, strict=True)
            if row.known is not None and row.known != known and not _was_hidden(row)
        ]
        found += _passages_of_changed(changed)
    return found


def _was_hidden(row: Reference) -> bool:
    """Whether a text leads to a page that readers did not find: it is no news that they do now."""
    return not row.known and row.mention.label not in citable


def _passages_of_changed(changed: list[tuple[Reference, dict, dict]]) -> list[Passage]:
    """Return the sentences of public records among references with what was known before and is known now, each once
    for each record that it names."""
    rows = [row for row, _, _ in changed]
    records, names = _public_sources(rows), _names_of_targets(rows)
    found = {}
    for row, before, known in changed:
        if record := records.get((row.source_type_id, row.source_id)):
            passage = _passage(record, row, before, known, names)
            together = found.setdefault((record, passage.target, passage.sentence, passage.table), [])
            together += [change for change in passage.changes if change not in together]
    return [
        Passage(record, target, sentence, tuple(changes), table)
        for (record, target, sentence, table), changes in found.items()
    ]


def _names_of_targets(rows) -> dict[tuple[int, int], str]:
    """What the records are called that are mentioned, also those that readers do not see; absent are deleted ones."""
    keys = defaultdict(set)
    for row in rows:
        keys[row.target_type_id].add(row.target_id)
    names = {}
    for kind, pks in keys.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        if hasattr(model, "title_field"):
            titles = model._base_manager.filter(pk__in=pks).values_list("pk", model.title_field)
            names |= {(kind, pk): title for pk, title in titles}
    return names


def _public_sources(rows) -> dict[tuple[int, int], Publishable]:
    """The texts of references that readers see, with what names them and leads to them."""
    keys = defaultdict(set)
    for row in rows:
        keys[row.source_type_id].add(row.source_id)
    found = {}
    for kind, pks in keys.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        records = model.objects.published().filter(pk__in=pks).only(model.title_field, *model.address_fields)
        found |= {(kind, record.pk): record for record in records}
    return found


def _passage(record, row: Reference, before: dict[str, str], known: dict[str, str], names) -> Passage:
    labels = labels_of(row.mention.label)
    changes = tuple(
        Change(label, before.get(name, ""), known.get(name, ""))
        for name, label in labels.items()
        if before.get(name, "") != known.get(name, "")
    )
    target = names.get((row.target_type_id, row.target_id)) or before.get("name") or row.words
    return Passage(record, target, row.sentence or row.words, changes, row.table)
