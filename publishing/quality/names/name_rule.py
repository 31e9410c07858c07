"""Rules of editors for words that look like names but are not, and for names that look like ordinary words."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from publishing.quality.names.tokens import key_of


class NameRule(models.Model):
    class Rule(models.TextChoices):
        IGNORE = "ignore", "Not a name: ignore"
        PROPER = "proper", "Always a name"

    words = models.CharField(max_length=200, help_text="Case, spaces and hyphens do not matter.")
    key = models.CharField(max_length=200, unique=True, editable=False)
    rule = models.CharField(max_length=10, choices=Rule, default=Rule.IGNORE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "rule for a name"
        verbose_name_plural = "rules for names in texts"
        ordering = ["key"]
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="name_rule_has_letters")]

    def __str__(self):
        return self.words

    def clean(self) -> None:
        super().clean()
        self.key = key_of(self.words)[:200]
        if not self.key:
            raise ValidationError({"words": "Enter letters or numbers."})
        if NameRule.objects.filter(key=self.key).exclude(pk=self.pk).exists():
            raise ValidationError({"words": "A rule for these words already exists."})

    def save(self, *args, **kwargs) -> None:
        self.key = key_of(self.words)[:200]
        super().save(*args, **kwargs)
