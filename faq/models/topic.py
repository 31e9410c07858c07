from django.db import models
from django.urls import reverse

from publishing.content.list_page import ListPage
from publishing.content.publishable import Publishable, State, published_requires
from publishing.content.revised import Revised


class Topic(Revised, Publishable):
    """A topic of questions: a heading of the list, with a page of its own."""

    title_field = "name"
    route = "faq:topic"
    page_shows = (("faq.Question", "topic"),)

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField("order", default=0, help_text="1 comes first.")

    class Meta:
        ordering = ["position", "name"]
        verbose_name = "topic of questions"
        verbose_name_plural = "topics of questions"
        constraints = [published_requires("name", "slug")]

    @classmethod
    def lists(cls):
        return [ListPage("Topics of questions", reverse("faq:list"), cls.objects.published())]

    def required_to_publish(self):
        return ["name"]
