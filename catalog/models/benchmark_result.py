from urllib.parse import urlsplit

from django.db import models

from catalog.models.ai_model import AIModel
from catalog.rules.constraints import partial_dates
from catalog.rules.partial_dates import PartialDateField


class BenchmarkResult(models.Model):
    """A model's score in a benchmark, as reported by the source."""

    model = models.ForeignKey(AIModel, models.CASCADE, related_name="benchmarks")
    name = models.CharField(max_length=100)
    score = models.DecimalField(max_digits=12, decimal_places=4)
    metric = models.CharField(max_length=100, blank=True, help_text="What the score counts, as: percent correct.")
    version = models.CharField("version of the test", max_length=50, blank=True)
    dataset = models.CharField(max_length=100, blank=True)
    variant = models.CharField(max_length=100, blank=True, help_text="How the model was set, as: high effort.")
    harness = models.CharField(max_length=100, blank=True, help_text="The program that ran the test.")
    source_url = models.URLField("source", max_length=500, blank=True)
    measured_on = PartialDateField("measured or published", blank=True)

    class Meta:
        ordering = ["name", "-measured_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "name", "version", "dataset", "variant", "harness", "measured_on", "source_url"],
                name="catalog_benchmark_once",
                violation_error_message="This result is on record already.",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_benchmarkresult_name_is_filled"),
            *partial_dates("measured_on"),
        ]

    def __str__(self):
        return f"{self.name}: {self.score.normalize():f}"

    @property
    def settings(self) -> list[str]:
        """Return the details that distinguish this run of the benchmark from others."""
        return list(filter(None, [self.dataset, self.variant, self.harness]))

    @property
    def source_host(self) -> str:
        return urlsplit(self.source_url).hostname or "source"
