"""Rows that belong to a model: other names, benchmark results, weights."""

from django.db import models
from django.db.models.functions import Lower

from catalog.models.ai_model import AIModel
from catalog.rules.choices import AliasKind
from catalog.rules.constraints import one_of, partial_dates
from catalog.rules.partial_dates import PartialDateField
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
                violation_error_message="Another model already has this name.",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="catalog_alias_text_is_filled"),
            one_of("kind", AliasKind),
        ]

    def __str__(self):
        return self.text


class BenchmarkResult(models.Model):
    """A model's score in a benchmark, as reported by the source."""

    model = models.ForeignKey(AIModel, models.CASCADE, related_name="benchmarks")
    name = models.CharField(max_length=100)
    score = models.DecimalField(max_digits=12, decimal_places=4)
    metric = models.CharField(max_length=100, blank=True, help_text="For example: percent correct.")
    version = models.CharField("version of the test", max_length=50, blank=True)
    dataset = models.CharField(max_length=100, blank=True)
    variant = models.CharField(max_length=100, blank=True, help_text="Settings, for example: high effort.")
    harness = models.CharField(max_length=100, blank=True, help_text="Program that ran the test.")
    source_url = models.URLField("source", max_length=500, blank=True)
    measured_on = PartialDateField("measured or published", blank=True)

    class Meta:
        ordering = ["name", "-measured_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "name", "version", "dataset", "variant", "harness", "measured_on", "source_url"],
                name="catalog_benchmark_once",
                violation_error_message="This result already exists.",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_benchmarkresult_name_is_filled"),
            *partial_dates("measured_on"),
        ]

    def __str__(self):
        return f"{self.name}: {self.score.normalize():f}"


class Weights(models.Model):
    """A download location of a model's weights in one format."""

    model = models.ForeignKey(AIModel, models.CASCADE, related_name="weights")
    label = models.CharField("where", max_length=100, help_text="For example Hugging Face.")
    url = models.URLField("address", max_length=500)
    format = models.CharField(max_length=50, blank=True, help_text="For example safetensors or GGUF.")
    quantisation = models.CharField(max_length=50, blank=True, help_text="For example fp8 or Q4_K_M.")

    class Meta:
        ordering = ["label", "pk"]
        verbose_name_plural = "weights"
        constraints = [
            models.UniqueConstraint(
                fields=["model", "url", "format", "quantisation"],
                name="catalog_weights_once",
                violation_error_message="These weights already exist.",
            ),
            models.CheckConstraint(condition=~models.Q(url=""), name="catalog_weights_url_is_filled"),
        ]

    def __str__(self):
        return " ".join(filter(None, [self.label, self.format, self.quantisation]))
