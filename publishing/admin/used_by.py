"""Which records show an image or a snippet, drafts included: listed in its form, and the reason not to delete it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from ops.http.urls import change_url
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable
from publishing.quality.where_used import Use, seen_by, where_used
from publishing.revisions.models import Revision
from publishing.revisions.snapshot import fields_of
from publishing.richtext import tables_with_rich_text

IN_DRAFT = "in its draft"


class UsedByMixin(admin.ModelAdmin):
    """For a ModelAdmin of records that texts show by reference, which no foreign key protects."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        record: Any = super().get_object(request, object_id, from_field)
        if record is not None:
            record.asker = request.user
        return record

    @admin.display(description="Used by")
    def used_by(self, record: Any) -> str:
        uses, hidden = next(visible_uses(record.asker, type(record), [record])) if record.pk else ([], 0)
        return render_to_string("admin/publishing/used_by.html", {"uses": uses, "hidden": hidden})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """Like Django's, with the texts and drafts that show a record."""
        lines, counts, denied, protected = super().get_deleted_objects(objs, request)
        uses_in_words = []  # includes the rows that foreign keys protect
        for record, (uses, hidden) in zip(objs, visible_uses(request.user, self.model, objs), strict=True):
            for use in uses:
                kind = "A draft of " if use.how == IN_DRAFT else ""
                link = format_html('<a href="{}">{}</a>', change_url(use.source), use.source)
                place = use.source.place_of(record) if isinstance(use.source, Publishable) else ""
                uses_in_words.append(format_html("{}{} shows “{}”{}", kind, link, record, place and f" in {place}"))
            if hidden:
                uses_in_words.append(f"“{record}” is used by records that you cannot view: {hidden}")
        return lines, counts, denied, list(dict.fromkeys(uses_in_words)) or protected


def visible_uses(user: AnyUser, model: type[Model], records: Iterable[Any]) -> Iterator[tuple[list[Use], int]]:
    """Yield for each image or snippet the uses that `user` may see, drafts included, and the number of other uses."""
    holders = list(holders_without_references(model))
    for record in records:
        holding = [holder for holder, keys in holders if record.pk in keys]
        in_texts = [Use(holder, "in its text") for holder in holding if not isinstance(holder, Revision)]
        uses, hidden = seen_by(user, where_used(record) + in_texts)
        # A draft and its scheduled update are two versions of one record.
        sources = dict.fromkeys(
            holder.record for holder in holding if isinstance(holder, Revision) and holder.record is not None
        )
        seen = [Use(source, IN_DRAFT) for source in sources if may_publish(user, type(source))]
        yield uses + seen, hidden + len(sources) - len(seen)


def holders_without_references(model: type[Model]) -> Iterator[tuple[Any, set[int]]]:
    """Yield what has no references of its own, each with the keys of the records of `model` that it shows: snippets,
    the settings of the site, drafts of published pages and waiting updates."""
    for table in tables_with_rich_text():
        if not issubclass(table, Publishable):
            yield from ((row, _keys_in(vars(row).values(), model)) for row in table._base_manager.all())
    unpublished = Revision.objects.drafts().order_by() | Revision.objects.waiting().order_by()
    for revision in unpublished.select_related("record_type"):
        values = revision.content["fields"]
        fields = fields_of(revision.record_type.model_class())
        related = {values.get(field.name) for field in fields if field.related_model is model} - {None}
        yield revision, related | _keys_in(values.values(), model)


def _keys_in(values: Iterable[Any], model: type[Model]) -> set[int]:
    """Return the keys of the records of `model` to which the texts among `values` refer."""
    place = rf"ref:{re.escape(model._meta.label_lower)}/(\d{{1,18}})\b"
    return {int(key) for text in values if isinstance(text, str) for key in re.findall(place, text)}
