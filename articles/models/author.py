from typing import Self

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from publishing.content.publishable import Publishable, PublishableQuerySet, State, published_requires
from publishing.content.revised import Revised
from publishing.richtext import RichTextField


class AuthorKind(models.TextChoices):
    PERSON = "person", "Person"
    DESK = "desk", "Desk, a team that signs together"


def validate_profiles(text: str) -> None:
    """Raise ValidationError unless each line of `text` is an address that starts with https://."""
    for line in text.split():
        message = f"“{line}” is not an address that starts with https://. Enter one per line."
        URLValidator(["https"], message=message)(line)


class AuthorQuerySet(PublishableQuerySet["Author"]):
    def answering(self) -> Self:
        """Return those whom the contact page names, people before desks, in the order in which they were added."""
        return self.filter(answers_enquiries=True).order_by("-kind", "pk")


class Author(Revised, Publishable):
    """The author named above an article: a person, or a desk, which is a team that signs together."""

    title_field = "name"
    route = "articles:author"
    summary_field = "role"
    page_shows = (("articles.Article", "author_links__author"),)

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=150, blank=True, help_text="Role, in a few words.")
    biography = RichTextField(blank=True)
    picture = models.ForeignKey("publishing.Image", models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(
        max_length=6, choices=AuthorKind, default=AuthorKind.PERSON, help_text="Readers are told that a desk is a team."
    )
    links = models.TextField(
        "profile links",
        max_length=1000,
        blank=True,
        validators=[validate_profiles],
        help_text="Pages about this person or desk elsewhere, one address per line, each starting with https://.",
    )
    answers_enquiries = models.BooleanField(
        default=False, help_text="The contact page and the page about the company name this author as one who answers."
    )

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            published_requires("name", "slug"),
            models.CheckConstraint(condition=Q(kind__in=AuthorKind.values), name="author_kind_is_known"),
        ]

    @property
    def is_desk(self) -> bool:
        return self.kind == AuthorKind.DESK

    @property
    def profiles(self) -> list[tuple[str, str]]:
        """Return the profile links as pairs of label and address: "github.com/ada" for https://github.com/ada."""
        addresses = self.links.split()
        return [(address.removeprefix("https://").removeprefix("www.").rstrip("/"), address) for address in addresses]
