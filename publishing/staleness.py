"""Which published texts say something of which more, or something else, is known today than when they were written.

Nothing is noted when a fact changes: each reference keeps what was known when somebody last stood by its text, and that
is compared with today. So no way of changing a fact is missed, the passing of a date included.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import batched

from django.contrib.contenttypes.models import ContentType

from publishing.facts import citable, known_of
from publishing.models import Publishable, Reference
from publishing.richtext.document import BLOCKS, mention, parse, words_of
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
    """A sentence of `record`, with what has changed of the record that it names."""

    record: Publishable
    target: str
    sentence: str
    changes: tuple[Change, ...]


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
        records = _public_sources([row for row, _, _ in changed])
        return [
            _passage(records[row.source_type_id, row.source_id], row, before, known)
            for row, before, known in changed
            if (row.source_type_id, row.source_id) in records
        ]


def _with_facts():
    """The references to records of which facts can be cited."""
    kinds = [ContentType.objects.get_by_natural_key(*label.split(".")) for label in citable]
    return Reference.objects.filter(target_type__in=kinds).order_by("pk")


def _passages(references) -> list[Passage]:
    references = references.filter(pk__in=_with_facts().values("pk"), known__isnull=False).order_by("pk")
    found = []
    for rows in batched(references.iterator(BATCH), BATCH):
        today = known_of([row.mention for row in rows])
        stale = [(row, known) for row, known in zip(rows, today, strict=True) if row.known != known]
        records = _public_sources([row for row, _ in stale])
        for row, known in stale:
            record = records.get((row.source_type_id, row.source_id))
            if record is not None:
                found.append(_passage(record, row, row.known, known))
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


def _passage(record, row: Reference, before: dict[str, str], known: dict[str, str]) -> Passage:
    labels = citable[row.mention.label].labels
    names = [name for name in labels if before.get(name, "") != known.get(name, "")]
    changes = tuple(Change(labels[name], before.get(name, ""), known.get(name, "")) for name in names)
    target = known.get("name") or before.get("name") or row.words
    return Passage(record, target, sentence_with(getattr(record, row.field), row), changes)


def sentence_with(html: str, row: Reference) -> str:
    """Return the sentence of a body in which a reference stands, its words as they are stored."""
    for link in parse(html).iter("a", "img"):
        item = mention(link.get("href") or link.get("src"))
        if item and (item.label, item.pk, item.fact) == (row.mention.label, row.target_id, row.fact):
            if row.words and " ".join(link.text_content().split())[:200] != row.words:
                continue
            block = next((parent for parent in link.iterancestors() if parent.tag in BLOCKS), None)
            return shortened(_sentence(block, link)) if block is not None else row.words
    return row.words


def _sentence(block, link) -> str:
    """The sentence of a block around a link; of a note the whole note."""
    note = next((parent for parent in link.iterancestors("small")), None)
    link.text = f"{PLACE}{link.text or ''}"
    words = " ".join(note.text_content().split()) if note is not None else words_of(block)
    before, _, after = words.partition(PLACE)
    words = before + after
    return sentence_at(words, len(before))
