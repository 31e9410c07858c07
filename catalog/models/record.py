from django.db import models

from publishing.content.publishable import Publishable, State


class CatalogueRecord(Publishable):
    """Data with a page: it is public as soon as it is written, unless somebody says otherwise."""

    title_field = "name"

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)

    class Meta:
        abstract = True

    def required_to_publish(self):
        return ["name"]
