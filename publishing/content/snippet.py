"""Snippets: texts written once and shown within many others, always as they are now."""

from collections import defaultdict
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction

from ops.db.queryset import QuerySet
from publishing.content.follow_up import SavedRecords, after_write
from publishing.content.reference import Reference, compare_references_to
from publishing.richtext import RichTextField, rich_text_fields
from publishing.richtext.snippets import has_snippet


class SnippetQuerySet(QuerySet["Snippet"]):
    def update(self, **changes: Any) -> int:
        with transaction.atomic(using=self.db):
            keys = list(self.values_list("pk", flat=True))
            count = super().update(**changes)
            follow(keys)
        return count

    update.alters_data = True


class Snippet(models.Model):
    """A text without a page of its own. Readers see a change at once, in every text that shows it."""

    name = models.CharField(max_length=100, unique=True, help_text="For editors: readers do not see it.")
    body = RichTextField("text", help_text="It may contain all that a text may, except other snippets.")
    changed_at = models.DateTimeField(auto_now=True)

    objects = SnippetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self) -> None:
        if has_snippet(self.body):
            raise ValidationError({"body": "Text: remove the snippet in it. A snippet cannot contain another."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            follow([self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=kwargs.get("using")):
            key = self.pk
            deleted = super().delete(*args, **kwargs)
            follow([key])
            return deleted


def follow(keys: list[int]) -> None:
    """Derive again what depends on the texts that show these snippets: references, names, search, documents."""
    sources = defaultdict(list)
    for kind, pk in Reference.objects.to(Snippet, keys).values_list("source_type", "source_id").distinct():
        sources[kind].append(pk)
    for kind, pks in sorted(sources.items()):
        model = cast(Any, ContentType.objects.get_for_id(kind).model_class())
        after_write.run(SavedRecords(model, pks, frozenset(rich_text_fields(model)), rewrite=True))
    compare_references_to(Snippet, keys)
