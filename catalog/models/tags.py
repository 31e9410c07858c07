"""Tags of models: vendors, and modalities of input and output."""

from django.db import models
from django.urls import reverse

from publishing.content.list_page import ListPage
from publishing.content.tag import PublicTag, TagLink
from publishing.richtext import RichTextField
from publishing.search.part import SearchedPart


class Vendor(PublicTag):
    """A company or laboratory that makes models."""

    route = "catalog:vendor"
    named_in_search_by = {"catalog.AIModel": "vendor_links__tag"}
    page_shows = (("catalog.AIModel", "vendor_links__tag"), ("catalog.Family", "vendor"))

    website = models.URLField(blank=True)
    country = models.CharField(max_length=100, blank=True, help_text="Where it is based.")
    description = RichTextField(blank=True, help_text="Who they are, in a few sentences; date what may change.")
    logo = models.ForeignKey("publishing.Image", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(PublicTag.Meta):
        ordering = ["name"]

    @classmethod
    def lists(cls):
        return [ListPage("Vendors of AI models", reverse("catalog:vendors"), cls.objects.published().order_by("name"))]


class Modality(PublicTag):
    """A kind of content that models accept or produce: text, image, audio."""

    route = "catalog:modality"
    summary_field = "description"
    page_shows = (("catalog.AIModel", "input_links__tag"), ("catalog.AIModel", "output_links__tag"))

    code = models.SlugField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="The word for it in data: the first address, which stays when name and address change.",
    )
    description = models.CharField(max_length=300, blank=True, help_text="What counts as this, in one sentence.")

    class Meta(PublicTag.Meta):
        ordering = ["name"]
        verbose_name_plural = "modalities"
        constraints = [
            *PublicTag.Meta.constraints,
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="catalog_modality_code_once"),
        ]

    def save(self, *args, **kwargs):
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
