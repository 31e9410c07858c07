"""References between records: who mentions whom, in which words, and the facts known then; updated with the texts."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Model, Q
from django.utils import timezone

from ops.db.queryset import QuerySet
from publishing.content.facts import NAME, facts_depended_on
from publishing.content.follow_up import SavedRecords, after_write, before_delete
from publishing.content.typed_values import agrees
from publishing.richtext import rich_text_fields
from publishing.richtext.document import Mention, words_of
from publishing.richtext.reading import MentionInText, TextBlocks
from publishing.richtext.sentences import sentence_at, shortened
from publishing.richtext.snippets import with_snippets
from publishing.richtext.table_element import ATTRIBUTE

RELIED_ON = ("link", "certain")


class ReferenceQuerySet(QuerySet["Reference"]):
    def to(self, model: type[Model], pks: Collection) -> Self:
        """Return the references to these records of `model`."""
        return self.filter(target_type=ContentType.objects.get_for_model(model), target_id__in=pks)

    def links(self) -> Self:
        return self.filter(status=Reference.Status.LINK)

    def relied_on(self) -> Self:
        """Return links and certain names: the text is wrong if it does not suit their targets."""
        return self.filter(status__in=RELIED_ON)

    def uses_of_facts(self, label: str) -> Counter[str]:
        """Return how often texts cite the facts of a kind of record, by name. One query."""
        cited = self.links().filter(target_type=content_type(*label.split("."))).exclude(fact="")
        return Counter(dict(cited.values_list("fact").annotate(Count("pk"))))

    def stale(self) -> Self:
        """Return those whose target's facts have changed since an editor last confirmed the text."""
        return self.filter(stale_from__lte=timezone.now())

    def due(self) -> Self:
        """Return those to compare with today's facts (publishing.quality.staleness.compare_due)."""
        return self.relied_on().filter(compare_at__lte=timezone.now())

    def sync(self, records: list) -> None:
        """Write what differs in the rows of `records` (of one model). Facts known at the last confirmation stay."""
        fields = rich_text_fields(type(records[0])) if records else ()
        if fields:
            self.replace({record: Reference.made_by(record, fields) for record in records})

    def replace(self, rows: dict[Model, list["Reference"]], is_link: bool = True) -> None:
        """Make the references of these records (of one model), by links or by names, equal to `rows`."""
        source_type = ContentType.objects.get_for_model(next(iter(rows)))
        stored = {}
        for row in self.filter(source_type=source_type, source_id__in=[record.pk for record in rows]):
            if (row.status == Reference.Status.LINK) == is_link:
                stored.setdefault(row.source_id, []).append(row)
        outdated, missing = [], []
        for record, wanted in rows.items():
            present = stored.get(record.pk, [])
            for row in wanted:
                row.source_type, row.source_id = source_type, record.pk
            if not is_link:
                wanted += _former_names(record, wanted, present)
            if sorted(map(Reference.content, wanted)) != sorted(map(Reference.content, present)):
                outdated += [row.pk for row in present]
                missing += wanted
                _keep_known(wanted, present)
        self.filter(pk__in=outdated).delete()
        new = [row for row in missing if row.known is None and row.status in RELIED_ON]
        for row, facts in zip(new, facts_depended_on([row.mention for row in new]), strict=True):
            is_typed = row.is_typed and row.fact in facts and not agrees(row.words, facts[row.fact])
            row.known = {row.fact: row.words} if is_typed else facts
        self.bulk_create(missing)


def _former_names(record, wanted, present) -> list["Reference"]:
    """Return the rows for names that are left in the text although their records were renamed since."""
    places = {row.place() for row in wanted}
    rows = [row for row in present if row.known and row.place() not in places and not row.fact]
    rows = [row for row in rows if row.words in (getattr(record, row.field) or "")]
    today = facts_depended_on([row.mention for row in rows]) if rows else []
    return [row for row, facts in zip(rows, today, strict=True) if facts.get(NAME) != row.known.get(NAME)]


def _keep_known(wanted, present):
    """Copy `known` to rows for the same mention, even if its target (merged) or the value of its fact differs."""
    by_meaning = {row.meaning(): row.known for row in present}
    stay = {row.meaning() for row in wanted}
    by_place = {row.place(): row.known for row in present if row.meaning() not in stay}
    by_fact = {row.citation(): row.known for row in present if row.fact}
    for row in wanted:
        facts = by_meaning.get(row.meaning(), by_place.get(row.place()))
        row.known = by_fact.get(row.citation()) if facts is None and row.fact and not row.is_typed else facts


class Reference(models.Model):
    """A link with one of our schemes in the rich text `field` of `source`.

    Or a name without a link there or, if it is certain and has a `fact`, a value that was typed beside a name or link.
    """

    class Status(models.TextChoices):
        LINK = "link", "linked"
        CERTAIN = "certain", "not linked"
        PERHAPS = "perhaps", "perhaps meant"
        UNKNOWN = "unknown", "as a version that the catalogue does not have"

    source_type_id: int
    source_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    source_id = models.PositiveBigIntegerField()
    source = GenericForeignKey("source_type", "source_id")
    field = models.CharField(max_length=50)
    target_type_id: int
    target_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    target_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("target_type", "target_id")
    words = models.CharField(max_length=200, blank=True)
    fact = models.CharField(max_length=50, blank=True, help_text="Which fact of the target is cited; empty: itself.")
    get_status_display: Callable[[], str]
    status = models.CharField(max_length=10, choices=Status, default=Status.LINK)
    known = models.JSONField(
        null=True, help_text="What was known of the target, by fact, when somebody last stood by the text."
    )
    sentence = models.CharField(max_length=700, blank=True, help_text="The sentence or table row around it.")
    table = models.CharField(max_length=700, blank=True, help_text="The caption of the comparison table around it.")
    stale_from = models.DateTimeField(
        null=True, help_text="From when on something else is known of the target than `known`. Empty: not foreseeable."
    )
    target_changed_at = models.DateTimeField(
        null=True, help_text="When the record that it mentions was last written. Empty: not since the text was."
    )
    compare_at = models.DateTimeField(
        null=True, default=timezone.now, help_text="When to compare `known` again. Empty: after the next change."
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="reference_by_source"),
            models.Index(fields=["target_type", "target_id"], name="reference_by_target"),
            models.Index(
                fields=["source_type", "source_id", "stale_from"],
                condition=Q(stale_from__isnull=False),
                name="reference_stale",
            ),
            models.Index(
                fields=["target_type", "target_id"], condition=Q(compare_at__isnull=False), name="reference_due"
            ),
        ]

    def __str__(self):
        return f"{self.source} mentions {self.target}"

    def meaning(self) -> tuple:
        return self.field, self.target_type_id, self.target_id, self.words, self.fact

    def content(self) -> tuple:
        return *self.meaning(), self.sentence, self.table, str(self.status)

    def place(self) -> tuple:
        """Return what two mentions share that differ only in the record."""
        return self.field, self.target_type_id, self.words, self.fact

    def citation(self) -> tuple:
        """Return what two mentions of one fact share if their wording differs."""
        return self.field, self.target_type_id, self.target_id, self.fact

    @property
    def is_typed(self) -> bool:
        return bool(self.fact) and self.status != self.Status.LINK

    @property
    def mention(self) -> Mention:
        kind = ContentType.objects.get_for_id(self.target_type_id)
        return Mention(f"{kind.app_label}.{kind.model}", self.target_id, self.words, self.fact)

    @classmethod
    def made_by(cls, record, fields) -> list["Reference"]:
        """Return the unsaved rows for the mentions in the texts of `record`. Unknown kinds of target make no row."""
        return [
            cls(
                **{"field": field, "target_type": target_type, "target_id": mention.pk},
                **{"words": mention.words[:200], "fact": mention.fact[:50]},
                **{"sentence": sentence[:700], "table": table[:700]},
            )
            for field in sorted(fields)
            for mention, sentence, table in mentions_with_sentences(with_snippets(getattr(record, field)))
            if (target_type := content_type(*mention.label.split(".")))
        ]


def content_type(app_label: str, model_name: str) -> ContentType | None:
    try:
        return ContentType.objects.get_by_natural_key(app_label, model_name)
    except ContentType.DoesNotExist:
        return None


@after_write.register
def update_references(written: SavedRecords):
    if written.touches(rich_text_fields(written.model)):
        Reference.objects.sync(written.records)


@after_write.register
def compare_references_to_written(written: SavedRecords):
    compare_references_to(written.model, written.pks)


@before_delete.register
def compare_references_to(model: type[Model], pks: Collection) -> None:
    """Schedule a comparison of the references to these records with today's facts."""
    now = timezone.now()
    Reference.objects.to(model, pks).update(compare_at=now, target_changed_at=now)


def mentions_with_sentences(html: str) -> list[tuple[Mention, str, str]]:
    """Return the mentions of a body in text order, each with its sentence and the caption of its table or ""."""
    mentions = TextBlocks.of(html).mentioned if "ref:" in html or "fact:" in html else ()
    return [(item.mention, *_place(item)) for item in mentions]


def _place(item: MentionInText) -> tuple[str, str]:
    row = next(item.element.iterancestors("tr"), None)
    table = next((ancestor for ancestor in item.element.iterancestors("table") if ancestor.get(ATTRIBUTE)), None)
    if row is not None and table is not None:
        caption = table.find("caption")
        caption = (words_of(caption) if caption is not None else "") or "without a caption"
        return f"Table “{caption}”, row {words_of(row[0])}", caption
    # The words of its note, or else those of its block without notes.
    pieces = [piece for piece in item.block.pieces if piece.place.note == item.note]
    text = " ".join("".join(piece.text for piece in pieces).split())
    before = "".join(piece.text for piece in pieces if piece.start < item.start)
    place = len(" ".join(f"{before}·".split())) - 1
    return shortened(sentence_at(text, place)) or item.mention.words, ""
