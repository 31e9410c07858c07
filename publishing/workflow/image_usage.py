"""Determine which images are used: in texts, by relations, and in unpublished versions of published pages."""

import re
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from publishing.content.reference import Reference
from publishing.images.models import Image
from publishing.revisions.models import Revision
from publishing.revisions.snapshot import fields_of
from publishing.richtext.allowlist import IMAGE_MODEL

_MENTION = re.compile(rf"ref:{re.escape(IMAGE_MODEL)}/(\d{{1,18}})\b")


def with_uses(images):
    """Annotate `images` (a queryset) with `uses`, the number of places in rows that show each, and `is_in_draft`."""
    mentions = Reference.objects.filter(
        target_type=ContentType.objects.get_for_model(Image), target_id=OuterRef("pk")
    ).order_by()
    total = _count(mentions, "target_id")
    for model, field in _relations():
        total += _count(model._base_manager.filter(**{field.name: OuterRef("pk")}).order_by(), field.name)
    drafts = Case(When(pk__in=pictures_in_drafts(), then=True), default=False, output_field=BooleanField())
    return images.annotate(uses=total, is_in_draft=drafts)


def _count(rows, group: str):
    counted = rows.values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


@cache
def _relations() -> tuple:
    """Return the foreign keys to images, with their models."""
    return tuple(
        (model, field)
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Image
    )


def pictures_in_drafts() -> set[int]:
    """Return the keys of the images in drafts of published pages and in updates that are waiting."""
    found = set()
    unpublished = Revision.objects.drafts().order_by() | Revision.objects.waiting().order_by()
    for revision in unpublished.only("content", "record_type").select_related("record_type").iterator(chunk_size=100):
        found |= pictures_in(revision)
    return found


def pictures_in(revision) -> set[int]:
    """Return the keys of the images in the content of `revision`."""
    model = revision.record_type.model_class()
    values = revision.content["fields"]
    pictures = {values.get(field.name) for field in fields_of(model) if field.related_model is Image}
    for text in values.values():
        if isinstance(text, str):
            pictures.update(int(key) for key in _MENTION.findall(text))
    return pictures - {None}


def drafts_that_show(image) -> list[Revision]:
    """Return the unpublished versions of published pages that show `image`, with their records."""
    unpublished = Revision.objects.drafts().order_by() | Revision.objects.waiting().order_by()
    found = [revision for revision in unpublished.select_related("record_type") if image.pk in pictures_in(revision)]
    return [revision for revision in found if revision.record is not None]
