"""Which published texts say something of which more, or something else, is known today than when they were written.

Nothing is noted when a fact changes: each reference keeps what was known when somebody last stood by its text, and that
is compared with today. So no way of changing a fact is missed, the passing of a date included.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import batched

from django.contrib.contenttypes.models import ContentType

from publishing.facts import citable, known_of
from publishing.models import Publishable, Reference
from publishing.richtext.comparison import ATTRIBUTE
from publishing.richtext.document import BLOCKS, mention, parse, words_of

BATCH = 500
SENTENCE = 240  # characters
PLACE = "\ue000"  # of private use: what it means, is ours alone
SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][”\"»)]))\s+(?=[^\Wa-z\d_]|[“\"„«(])")


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


def stand_by(record):
    """Note that somebody has looked at what the texts of `record` say, and at what is known of it today."""
    rows = list(_with_facts().filter(source_type=ContentType.objects.get_for_model(record), source_id=record.pk))
    changed = []
    for row, known in zip(rows, known_of([row.mention for row in rows]), strict=True):
        if row.known != known:
            row.known = known
            changed.append(row)
    Reference.objects.bulk_update(changed, ["known"])


class Impact:
    """What a change of some records of `model` means for published texts. Made before the change, asked after it."""

    def __init__(self, model, keys):
        self.rows = list(
            Reference.objects.filter(target_type=ContentType.objects.get_for_model(model), target_id__in=keys).order_by(
                "source_type_id", "source_id", "pk"
            )
        )
        self.before = known_of([row.mention for row in self.rows])

    def passages(self) -> list[Passage]:
        """The sentences of public records on which it bears, each with what was known before and is known now."""
        after = known_of([row.mention for row in self.rows])
        found = zip(self.rows, self.before, after, strict=True)
        changed = [(row, before, known) for row, before, known in found if before != known]
        records, seen = _public_sources([row for row, _, _ in changed]), Counter()
        return [
            _passage(records[row.source_type_id, row.source_id], row, before, known, seen)
            for row, before, known in changed
            if (row.source_type_id, row.source_id) in records
        ]


def _with_facts():
    """The references to records of which facts can be cited."""
    kinds = [ContentType.objects.get_by_natural_key(*label.split(".")) for label in citable]
    return Reference.objects.filter(target_type__in=kinds).order_by("pk")


def _passages(references) -> list[Passage]:
    references = references.filter(pk__in=_with_facts().values("pk"), known__isnull=False).order_by("pk")
    found, seen = [], Counter()
    for rows in batched(references.iterator(BATCH), BATCH):
        today = known_of([row.mention for row in rows])
        stale = [(row, known) for row, known in zip(rows, today, strict=True) if row.known != known]
        records = _public_sources([row for row, _ in stale])
        for row, known in stale:
            record = records.get((row.source_type_id, row.source_id))
            if record is not None:
                found.append(_passage(record, row, row.known, known, seen))
    return found


def _public_sources(rows) -> dict[tuple[int, int], Publishable]:
    keys = defaultdict(set)
    for row in rows:
        keys[row.source_type_id].add(row.source_id)
    return {
        (kind, record.pk): record
        for kind, pks in keys.items()
        for record in ContentType.objects.get_for_id(kind).model_class().objects.published().filter(pk__in=pks)
    }


def _passage(record, row: Reference, before: dict[str, str], known: dict[str, str], seen: Counter) -> Passage:
    """`seen` counts what was asked for, since a text may name the same by the same words in several places."""
    labels = citable[row.mention.label].labels
    names = [name for name in labels if before.get(name, "") != known.get(name, "")]
    changes = tuple(Change(labels[name], before.get(name, ""), known.get(name, "")) for name in names)
    target = known.get("name") or before.get("name") or row.words
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
            return (_shortened(_sentence(block, link)) if block is not None else row.words), ""
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
    starts = [0, *(match.end() for match in SENTENCE_END.finditer(words)), len(words)]
    start = max(place for place in starts if place <= len(before))
    end = min((place for place in starts if place > len(before)), default=len(words))
    return words[start:end].strip()


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= SENTENCE else f"{sentence[: SENTENCE - 1]}…"
