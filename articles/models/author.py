from django.db import models

from publishing.content.publishable import Publishable, State, published_requires
from publishing.content.revised import Revised
from publishing.richtext import RichTextField


class Author(Revised, Publishable):
    """The author named above an article: a person or a team."""

    title_field = "name"
    route = "articles:author"
    summary_field = "role"
    page_shows = (("articles.Article", "author_links__author"),)

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=150, blank=True, help_text="Role, in a few words.")
    biography = RichTextField(blank=True)
    picture = models.ForeignKey("publishing.Image", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [published_requires("name", "slug")]
