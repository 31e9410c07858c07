from django.db import models

from publishing.models import Publishable, State, published_requires


class Topic(Publishable):
    """What questions are about: a heading of the list, with a page of its own."""

    title_field = "name"
    route = "faq:topic"

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField("order", default=0, help_text="1 comes first.")

    class Meta:
        ordering = ["position", "name"]
        verbose_name = "topic of questions"
        verbose_name_plural = "topics of questions"
        constraints = [published_requires("name", "slug")]

    def required_to_publish(self):
        return ["name"]
