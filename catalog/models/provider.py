from django.core.validators import RegexValidator
from django.db import models

from catalog.models.record import CatalogueRecord
from publishing.content.publishable import published_requires

API_BASE = r"\A(https?://|\$\{[A-Z0-9_]+\})[^\s]+\Z"


class Provider(CatalogueRecord):
    """A service that offers models: the vendor's own, or a host."""

    route = "catalog:provider"
    summary_field = "summary"
    page_shows = (("catalog.AIModel", "offerings__provider"),)

    name = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True, help_text="What kind of service it is, in one sentence.")
    website = models.URLField(blank=True)
    # Not a URLField, because some addresses contain a placeholder for the customer's own name.
    api_base = models.CharField(
        "address of the API",
        max_length=300,
        blank=True,
        validators=[RegexValidator(API_BASE, "Begin with https:// or, for one's own machine, http://.")],
        help_text="What the customer fills in is written as ${NAME}.",
    )
    docs_url = models.URLField("documentation", blank=True)
    terms_url = models.URLField("terms of use", blank=True)
    status_url = models.URLField("status page", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            published_requires("name", "slug"),
            models.CheckConstraint(
                condition=models.Q(api_base="") | models.Q(api_base__regex=API_BASE),
                name="catalog_provider_api_base_is_an_address",
                violation_error_message="Begin the address of the API with https:// or http://.",
            ),
        ]
