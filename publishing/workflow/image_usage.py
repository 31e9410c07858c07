"""Determine which images are used: in texts, by relations, and in unpublished versions of published pages."""

import re

from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToOneRel

from publishing.content.reference import Reference
from publishing.images.models import Image
from publishing.revisions.models import Revision
from publishing.revisions.snapshot import fields_of
from publishing.richtext.allowlist import IMAGE_MODEL

_MENTION = re.compile(rf"ref:{re.escape(IMAGE_MODEL)}/(\d{{1,18}})\b")


def used_images() -> set[int]:
    """Return the keys of the images that texts, relations or unpublished versions show. One query per relation."""
    mentions = Reference.objects.filter(target_type=ContentType.objects.get_for_model(Image))
    used = set(mentions.values_list("target_id", flat=True))
    for relation in Image._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.one_to_many:
            key = relation.field.attname
            used |= set(relation.related_model._base_manager.exclude(**{key: None}).values_list(key, flat=True))
    return used.union(*map(pictures_in, _unpublished()))


def _unpublished():
    """Return the drafts of published pages and the updates that are waiting."""
    unpublished = Revision.objects.drafts().order_by() | Revision.objects.waiting().order_by()
    return unpublished.select_related("record_type")


def pictures_in(revision) -> set[int]:
    """Return the keys of the images in the content of `revision`."""
    model = revision.record_type.model_class()
    values = revision.content["fields"]
    pictures = {values.get(field.name) for field in fields_of(model) if field.related_model is Image}
    for text in values.values():
        if isinstance(text, str):
            pictures.update(int(key) for key in _MENTION.findall(text))
    return pictures - {None}


def drafts_that_show(image: Image) -> list[Revision]:
    """Return the unpublished versions of published pages that show `image`, with their records."""
    found = [revision for revision in _unpublished() if image.pk in pictures_in(revision)]
    return [revision for revision in found if revision.record is not None]
