"""Tags with a page: taggit's names and slugs, with the states and URLs of Publishable."""

from django.db import models
from django.db.models.functions import Lower
from taggit.models import ItemBase, TagBase

from publishing.content.publishable import Publishable, PublishableQuerySet, State


class PublicTagQuerySet[M: "PublicTag"](PublishableQuerySet[M]):
    def get_by_natural_key(self, name: str) -> M:
        """Return the tag that taggit's `natural_key` names in a dump."""
        return self.get(name=name)


class PublicTag(Publishable, TagBase):
    """A tag with a public page. It is published at once, since editors create tags on purpose beside a text."""

    title_field = "name"
    objects = PublicTagQuerySet.as_manager()

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="%(app_label)s_%(class)s_name_any_case",
                violation_error_message="This name already exists. Choose another one.",
            )
        ]


class TagLink(ItemBase):
    """A row that links a record and a tag. Subclasses add the foreign keys `tag` and `content_object`."""

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="%(app_label)s_%(class)s_once")]
