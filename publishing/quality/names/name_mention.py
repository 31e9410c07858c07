"""The index of names in texts: which record names which, linked or not, with the sentence."""

from functools import reduce
from operator import or_

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from publishing.content.follow_up import SavedRecords, after_write, before_transaction
from publishing.content.publishable import Publishable
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.matcher import MatchKind
from publishing.quality.names.mentions import NameInText, names_in_html
from publishing.quality.text_sweep import TextSweep
from publishing.richtext import rich_text_fields, tables_with_rich_text


class NameMentionManager(models.Manager):
    def sync(self, records: list[Publishable]) -> None:
        """Make the rows of `records` (of one model) equal to the names in their texts. Writes only differences."""
        fields = sorted(rich_text_fields(type(records[0]))) if records else ()
        if not fields:
            return
        source_type = ContentType.objects.get_for_model(records[0])
        keys = [record.pk for record in records]
        stored = {}
        for row in self.filter(source_type=source_type, source_id__in=keys):
            stored.setdefault(row.source_id, []).append(row)
        wanted = {}
        if any(getattr(record, field) for record in records for field in fields):
            lexicon = current_lexicon()
            for record in records:
                texts = [html for field in fields if (html := getattr(record, field))]
                found = [item for html in texts for item in names_in_html(html, lexicon)]
                wanted[record.pk] = [NameMention.made_from(item, source_type, record) for item in found]
        changed = [key for key in keys if _meanings(wanted.get(key, ())) != _meanings(stored.get(key, ()))]
        self.filter(pk__in=[row.pk for key in changed for row in stored.get(key, ())]).delete()
        self.bulk_create([row for key in changed for row in wanted.get(key, ())])

    def catch_up(self, seconds: float) -> bool:
        """Search all texts again if the names have changed; return whether all are done."""
        texts = [_with_text(model) for model in tables_with_rich_text() if issubclass(model, Publishable)]
        return TextSweep.objects.go_on("names", current_lexicon().digest, texts, self.sync, seconds)


def _with_text(model) -> models.QuerySet:
    filled = (Q((f"{field}__gt", "")) for field in sorted(rich_text_fields(model)))
    return model._base_manager.filter(reduce(or_, filled))


class NameMention(models.Model):
    """A name in a rich text of `source`, and the record that it means or, if unknown, the series it continues."""

    class Status(models.TextChoices):
        LINKED = "linked", "linked"
        CERTAIN = "certain", "not linked"
        CLOSED = "closed", "in a heading or a quotation"
        PERHAPS = "perhaps", "perhaps meant"
        UNKNOWN = "unknown", "as a version that the catalogue does not have"

    source_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    source_id = models.PositiveBigIntegerField()
    source = GenericForeignKey("source_type", "source_id")
    target_type_id: int | None
    target_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+")
    target_id = models.PositiveBigIntegerField(null=True)
    target = GenericForeignKey("target_type", "target_id")
    status = models.CharField(max_length=10, choices=Status)
    words = models.CharField(max_length=200)
    sentence = models.CharField(max_length=250)

    objects = NameMentionManager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="name_mention_by_source"),
            models.Index(fields=["target_type", "target_id"], name="name_mention_by_target"),
        ]

    def __str__(self):
        return f"{self.source} names {self.words}"

    @classmethod
    def made_from(cls, item: NameInText, source_type: ContentType, record: Publishable) -> "NameMention":
        """Return an unsaved row for a name found in a text of `record`."""
        known = item.series or item.name
        label, _, key = (item.ref or (known.ref if known else "")).partition("/")
        return cls(
            source_type=source_type,
            source_id=record.pk,
            target_type=ContentType.objects.get_by_natural_key(*label.split(".")) if label else None,
            target_id=int(key) if key else None,
            status=cls._status(item),
            words=item.words[:200],
            sentence=item.sentence,
        )

    @classmethod
    def _status(cls, item: NameInText) -> str:
        if item.ref:
            return cls.Status.LINKED
        if item.how == MatchKind.UNKNOWN:
            return cls.Status.UNKNOWN
        if not item.is_certain:
            return cls.Status.PERHAPS
        return cls.Status.CERTAIN if item.is_free else cls.Status.CLOSED

    def meaning(self) -> tuple:
        target = (self.target_type_id or 0, self.target_id or 0)
        return *target, str(self.status), self.words, self.sentence


def _meanings(rows) -> list[tuple]:
    return sorted(row.meaning() for row in rows)


@before_transaction.register
def search_names(texts):
    lexicon = current_lexicon()
    for html in texts:
        names_in_html(html, lexicon)


@after_write.register
def update_name_mentions(written: SavedRecords):
    if written.touches(rich_text_fields(written.model)):
        NameMention.objects.sync(written.records)
