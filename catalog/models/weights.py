from django.db import models

from catalog.models.ai_model import AIModel


class Weights(models.Model):
    """A download location of a model's weights in one format."""

    model = models.ForeignKey(AIModel, models.CASCADE, related_name="weights")
    label = models.CharField("where", max_length=100, help_text="As: Hugging Face.")
    url = models.URLField("address", max_length=500)
    format = models.CharField(max_length=50, blank=True, help_text="As: safetensors, GGUF.")
    quantisation = models.CharField(max_length=50, blank=True, help_text="As: fp8, Q4_K_M.")

    class Meta:
        ordering = ["label", "pk"]
        verbose_name_plural = "weights"
        constraints = [
            models.UniqueConstraint(
                fields=["model", "url", "format", "quantisation"],
                name="catalog_weights_once",
                violation_error_message="These weights are on record already.",
            ),
            models.CheckConstraint(condition=~models.Q(url=""), name="catalog_weights_url_is_filled"),
        ]

    def __str__(self):
        return " ".join(filter(None, [self.label, self.format, self.quantisation]))
