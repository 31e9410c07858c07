"""Rules of editors for words that look like names but are not, and for names that look like ordinary words."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from publishing.quality.names.tokens import key_of


class NameRuleManager(models.Manager):
    def everywhere(self) -> list[tuple[str, str]]:
        """Return the rules for all texts, as pairs of key and rule."""
        return list(self.filter(source_type=None).order_by("key", "rule").values_list("key", "rule"))

    def of(self, record):
        """Return the rules for the texts of one record."""
        return self.filter(source_type=ContentType.objects.get_for_model(record), source_id=record.pk)

    def ignore_in(self, record, words: str, user):
        source = {"source_type": ContentType.objects.get_for_model(record), "source_id": record.pk}
        made = {"words": words, "rule": NameRule.Rule.IGNORE, "author": user}
        self.update_or_create(key=key_of(words)[:200], **source, defaults=made)

    def ignored_in(self, source_type: ContentType, pks) -> dict[int, set[str]]:
        """Return the ignored keys for the texts of each of these records."""
        found = {}
        for pk, key in self.filter(source_type=source_type, source_id__in=pks).values_list("source_id", "key"):
            found.setdefault(pk, set()).add(key)
        return found


class NameRule(models.Model):
    class Rule(models.TextChoices):
        IGNORE = "ignore", "No name: ignore it"
        PROPER = "proper", "Always a name, never an ordinary word"

    words = models.CharField(max_length=200, help_text="Capital letters, spaces and hyphens make no difference.")
    key = models.CharField(max_length=200, editable=False)
    rule = models.CharField(max_length=10, choices=Rule, default=Rule.IGNORE)
    # The record whose texts the rule is for; without one, it holds for all texts.
    source_type = models.ForeignKey(
        ContentType, models.CASCADE, null=True, blank=True, editable=False, related_name="+"
    )
    source_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    source = GenericForeignKey("source_type", "source_id")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    objects = NameRuleManager()

    class Meta:
        verbose_name = "rule for a name"
        verbose_name_plural = "rules for names in texts"
        ordering = ["key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(source_type=None), name="name_rule_everywhere"),
            models.UniqueConstraint(fields=["source_type", "source_id", "key"], name="name_rule_of_source"),
            models.CheckConstraint(condition=~Q(key=""), name="name_rule_has_letters"),
        ]

    def __str__(self):
        return self.words

    def clean(self):
        super().clean()
        self.key = key_of(self.words)[:200]
        if not self.key:
            raise ValidationError({"words": "Write the words of a name: letters or numbers."})
        same = NameRule.objects.filter(source_type=self.source_type, source_id=self.source_id, key=self.key)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError({"words": "There is a rule for these words already."})

    def save(self, *args, **kwargs):
        self.key = key_of(self.words)[:200]
        super().save(*args, **kwargs)
