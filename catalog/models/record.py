from django.db import models

from publishing.content.publishable import Publishable, State


class CatalogueRecord(Publishable):
    """A record with a page of its own. It is published by default."""

    title_field = "name"

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)

    class Meta:
        abstract = True

    def required_to_publish(self):
        return ["name"]
