"""Which published texts say something of which more, or something else, is known today than when they were written.

Nothing is noted when a fact changes: each reference keeps what was known when somebody last stood by its text, and that
is compared with today. So no way of changing a fact is missed, the passing of a date included.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from publishing.facts import citable, known_of, labels_of
from publishing.models import Publishable, Reference
from publishing.richtext import rich_text_fields
from publishing.richtext.comparison import ATTRIBUTE
from publishing.richtext.document import Mention, mention, parse, words_of
from publishing.richtext.reading import mentions
from publishing.richtext.schema import BLOCKS
from publishing.richtext.sentences import sentence_at, shortened

BATCH = 500
PLACE = "\ue000"  # of private use: what it means, is ours alone


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


def all_passages() -> dict[Publishable, list[Passage]]:
    """Return those of all public records, by record."""
    found = defaultdict(list)
    for passage in _passages(Reference.objects.all()):
        found[passage.record].append(passage)
    return dict(found)


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
            row.known = known
            changed.append(row)
    Reference.objects.bulk_update(changed, ["known"])


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


def fill_in() -> int:
    """Note what is known today for references of which nothing was noted, being from before that was done; return how
    many there were. Of a text that leads to a record that readers do not find, nothing is known as long as that is so.
    """
    unnoted = Reference.objects.filter(Q(known__isnull=True) | (Q(known={}) & ~Q(target_type__in=_kinds_with_facts())))
    count = 0
    for pks in batched(list(unnoted.order_by("pk").values_list("pk", flat=True)), BATCH):
        with transaction.atomic():
            rows = list(Reference.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
            changed = []
            for row, known in zip(rows, known_of([row.mention for row in rows]), strict=True):
                if row.known != known:
                    row.known = known
                    changed.append(row)
            Reference.objects.bulk_update(changed, ["known"])
        count += len(changed)
    return count


class Impact:
    """What a change of records of `model` (of those with these keys, or of any) means for published texts. Made before
    the change, asked after it."""

    def __init__(self, model, keys=None):
        rows = Reference.objects.filter(target_type=ContentType.objects.get_for_model(model))
        rows = rows if keys is None else rows.filter(target_id__in=keys)
        self.rows = list(rows.order_by("source_type_id", "source_id", "pk"))
        self.before = known_of([row.mention for row in self.rows])

    def passages(self, moved: dict[int, int] | None = None) -> list[Passage]:
        """The sentences of public records on which it bears, each with what was known before and is known now.

        `moved` says which record stands for which by now, by keys, where records were merged.
        """
        for row in self.rows:
            row.target_id = (moved or {}).get(row.target_id, row.target_id)
        after = known_of([row.mention for row in self.rows])
        found = zip(self.rows, self.before, after, strict=True)
        changed = [(row, before, known) for row, before, known in found if before != known]
        return _passages_of_changed(changed, Counter())


def _kinds_with_facts() -> list[ContentType]:
    return [ContentType.objects.get_by_natural_key(*label.split(".")) for label in citable]


def _passages(references) -> list[Passage]:
    # Where nothing was known of a page, it is no news that readers find it.
    known = Q(target_type__in=_kinds_with_facts()) | ~Q(known={})
    references = references.filter(known, known__isnull=False).order_by("pk")
    found, seen = [], Counter()
    for rows in batched(references.iterator(BATCH), BATCH):
        today = known_of([row.mention for row in rows])
        changed = [(row, row.known, known) for row, known in zip(rows, today, strict=True) if row.known != known]
        found += _passages_of_changed(changed, seen)
    return found


def _passages_of_changed(changed: list[tuple[Reference, dict, dict]], seen: Counter) -> list[Passage]:
    """Return the sentences of public records among references with what was known before and is known now, each once
    for each record that it names."""
    rows = [row for row, _, _ in changed]
    records, names = _public_sources(rows), _names_of_targets(rows)
    found = {}
    for row, before, known in changed:
        if record := records.get((row.source_type_id, row.source_id)):
            passage = _passage(record, row, before, known, names, seen)
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
    keys = defaultdict(set)
    for row in rows:
        keys[row.source_type_id].add(row.source_id)
    return {
        (kind, record.pk): record
        for kind, pks in keys.items()
        for record in ContentType.objects.get_for_id(kind).model_class().objects.published().filter(pk__in=pks)
    }


def _passage(record, row: Reference, before: dict[str, str], known: dict[str, str], names, seen: Counter) -> Passage:
    """`seen` counts what was asked for, since a text may name the same by the same words in several places."""
    labels = labels_of(row.mention.label)
    changes = tuple(
        Change(label, before.get(name, ""), known.get(name, ""))
        for name, label in labels.items()
        if before.get(name, "") != known.get(name, "")
    )
    target = names.get((row.target_type_id, row.target_id)) or before.get("name") or row.words
    meaning = (row.source_type_id, row.source_id, *row.meaning())
    sentence, table = place_of(getattr(record, row.field), row, seen[meaning])
    seen[meaning] += 1
    return Passage(record, target, sentence, changes, table)


def place_of(html: str, row: Reference, before: int = 0) -> tuple[str, str]:
    """Return the sentence of a body in which a reference stands, its words as they are stored, and the caption of the
    comparison table if it stands in one, "" if not. Of several that are alike, the one after `before` others."""
    for link in parse(html).iter("a", "img"):
        item = mention(link.get("href") or link.get("src"))
        if item and (item.label, item.pk, item.fact) == (row.mention.label, row.target_id, row.fact):
            if row.words and " ".join(link.text_content().split())[:200] != row.words:
                continue
            if before:
                before -= 1
                continue
            if caption := _compared_in(link):
                first = next(link.iterancestors("tr"))[0]
                return f"Table “{caption}”, row {words_of(first)}", caption
            block = next((parent for parent in link.iterancestors() if parent.tag in BLOCKS), None)
            return (shortened(_sentence(block, link)) if block is not None else row.words), ""
    return row.words, ""


def _compared_in(link) -> str:
    """The caption of the comparison table in which a link stands."""
    table = next((parent for parent in link.iterancestors("table") if parent.get(ATTRIBUTE)), None)
    if table is None or next(link.iterancestors("tr"), None) is None:
        return ""
    caption = table.find("caption")
    return (words_of(caption) if caption is not None else "") or "without a caption"


def _sentence(block, link) -> str:
    """The sentence of a block around a link; of a note the whole note."""
    note = next((parent for parent in link.iterancestors("small")), None)
    link.text = f"{PLACE}{link.text or ''}"
    words = " ".join(note.text_content().split()) if note is not None else words_of(block)
    before, _, after = words.partition(PLACE)
    words = before + after
    return sentence_at(words, len(before))
