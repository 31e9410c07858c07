from django.db import models
from django.db.models.functions import Lower

from catalog.models.ai_model import AIModel
from catalog.rules.choices import AliasKind
from catalog.rules.constraints import one_of
from publishing.search.part import SearchedPart


class Alias(SearchedPart):
    """Another name of a model, by which search finds it too."""

    part_of = "model"

    model = models.ForeignKey(AIModel, models.CASCADE, related_name="aliases")
    text = models.CharField("name", max_length=200)
    kind = models.CharField(max_length=20, choices=AliasKind, default=AliasKind.SPELLING)

    class Meta:
        ordering = ["kind", "text", "pk"]
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(
                Lower("text"),
                name="catalog_alias_text_any_case",
                violation_error_message="Another model has this name already.",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="catalog_alias_text_is_filled"),
            one_of("kind", AliasKind),
        ]

    def __str__(self):
        return self.text
