from django.db import models

from catalog.models.record import CatalogueRecord
from publishing.models import published_requires


class Provider(CatalogueRecord):
    """A service through which models are used: the maker's own, or a host."""

    route = "catalog:provider"
    summary_field = "summary"
    page_shows = (("catalog.AIModel", "offerings__provider"),)

    name = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True, help_text="What kind of service it is, in one sentence.")
    website = models.URLField(blank=True)
    api_base = models.URLField("address of the API", blank=True)
    docs_url = models.URLField("documentation", blank=True)
    terms_url = models.URLField("terms of use", blank=True)
    status_url = models.URLField("status page", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [published_requires("name", "slug")]
