"""The records that models name: vendors and modalities, which are tags, families and providers."""

from django.apps import apps
from django.core.validators import RegexValidator
from django.db import models

from catalog.rules.choices import ProviderKind
from catalog.rules.constraints import one_of
from publishing.content.publishable import Publishable, PublishableQuerySet, State, published_requires
from publishing.content.tag import PublicTag, TagLink
from publishing.richtext import RichTextField
from publishing.search.part import SearchedPart

API_BASE = r"\A(https?://|\$\{[A-Z0-9_]+\})[^\s]+\Z"


class CatalogueRecord(Publishable):
    """A record with a page of its own. It is published by default."""

    title_field = "name"

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)

    class Meta:
        abstract = True


class Vendor(PublicTag):
    """A company or laboratory that makes models."""

    route = "catalog:vendor"
    index = ("Vendors of AI models", "catalog:vendors")

    named_in_search_by = {"catalog.AIModel": "vendor_links__tag"}
    page_shows = (("catalog.AIModel", "vendor_links__tag"), ("catalog.Family", "vendor"))

    website = models.URLField(blank=True)
    country = models.CharField(max_length=100, blank=True, help_text="Country of its headquarters.")
    description = RichTextField(
        blank=True, help_text="A few sentences about the vendor. Date anything that may change."
    )
    logo = models.ForeignKey("publishing.Image", models.PROTECT, null=True, blank=True, related_name="+")
    reference_provider = models.ForeignKey(
        "catalog.Provider",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reference_for",
        help_text="Its price is the price of a model. If empty, an import sets the vendor’s own API.",
    )


class Modality(PublicTag):
    """A kind of content that models accept or produce: text, image, audio."""

    route = "catalog:modality"
    index = ("Inputs and outputs of AI models", "catalog:modalities")

    summary_field = "description"
    page_shows = (("catalog.AIModel", "input_links__tag"), ("catalog.AIModel", "output_links__tag"))

    code = models.SlugField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="The word for it in data: the first address, which stays when name and address change.",
    )
    description = models.CharField(max_length=300, blank=True, help_text="Definition, in one sentence.")

    class Meta(PublicTag.Meta):
        verbose_name_plural = "modalities"
        constraints = [
            *PublicTag.Meta.constraints,
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="catalog_modality_code_once"),
        ]

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        if not self.code and self.slug:
            self.code = self.slug
            type(self).objects.filter(pk=self.pk).update(code=self.code)


class ModelVendor(SearchedPart, TagLink):
    part_of = "content_object"

    tag = models.ForeignKey(Vendor, models.PROTECT, related_name="model_links", verbose_name="vendor")
    content_object = models.ForeignKey("catalog.AIModel", models.CASCADE, related_name="vendor_links")

    class Meta(TagLink.Meta):
        verbose_name = "vendor of a model"
        verbose_name_plural = "vendors of models"


class ModelInputModality(TagLink):
    tag = models.ForeignKey(Modality, models.PROTECT, related_name="input_links", verbose_name="modality")
    content_object = models.ForeignKey("catalog.AIModel", models.CASCADE, related_name="input_links")

    class Meta(TagLink.Meta):
        verbose_name = "input of a model"
        verbose_name_plural = "inputs of models"


class ModelOutputModality(TagLink):
    tag = models.ForeignKey(Modality, models.PROTECT, related_name="output_links", verbose_name="modality")
    content_object = models.ForeignKey("catalog.AIModel", models.CASCADE, related_name="output_links")

    class Meta(TagLink.Meta):
        verbose_name = "output of a model"
        verbose_name_plural = "outputs of models"


class Family(CatalogueRecord):
    """A series of models under one name, such as Llama."""

    route = "catalog:family"
    index = ("Families of AI models", "catalog:families")

    summary_field = "summary"
    page_shows = (("catalog.AIModel", "family"),)

    name = models.CharField(max_length=200)
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="families")
    summary = models.CharField(max_length=500, blank=True, help_text="One or two sentences.")
    body = RichTextField("text", blank=True, help_text="History of the series, with dates.")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "families"
        constraints = [published_requires("name", "slug")]

    @classmethod
    def indexed(cls) -> PublishableQuerySet:
        """Return families with models; a family without is only a name that texts use, like ChatGPT."""
        listed = apps.get_model("catalog.AIModel").objects.listed().filter(family=models.OuterRef("pk"))
        return super().indexed().filter(models.Exists(listed))


class Provider(CatalogueRecord):
    """A service that offers models: the vendor's own, or a host."""

    route = "catalog:provider"
    index = ("Providers of AI models", "catalog:providers")

    summary_field = "summary"
    page_shows = (("catalog.AIModel", "offerings__provider"),)

    name = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=10,
        choices=ProviderKind,
        blank=True,
        help_text="Decides whether its prices can be the lowest. If empty, an import sets it for known providers.",
    )
    country = models.CharField(max_length=100, blank=True, help_text="Country of its headquarters, in English.")
    summary = models.CharField(max_length=500, blank=True, help_text="Kind of service, in one sentence.")
    website = models.URLField(blank=True)
    # Not a URLField, because some addresses contain a placeholder for the customer's own name.
    api_base = models.CharField(
        "API address",
        max_length=300,
        blank=True,
        validators=[RegexValidator(API_BASE, "Start with https://, or http:// for a local server.")],
        help_text="Placeholders for customers are written as ${NAME}.",
    )
    docs_url = models.URLField("documentation", blank=True)
    terms_url = models.URLField("terms of use", blank=True)
    status_url = models.URLField("status page", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            published_requires("name", "slug"),
            one_of("kind", ProviderKind, or_empty=True),
            models.CheckConstraint(
                condition=models.Q(api_base="") | models.Q(api_base__regex=API_BASE),
                name="catalog_provider_api_base_is_an_address",
                violation_error_message="Enter an address that starts with https:// or http://.",
            ),
        ]
