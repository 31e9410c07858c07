"""Partners who use the API, and their keys."""

from django.db import models
from rest_framework_api_key.models import AbstractAPIKey


class Partner(models.Model):
    """An organisation with keys. All its keys share one quota."""

    organisation = models.CharField(max_length=120, unique=True)
    contact_email = models.EmailField("email address", help_text="Contact for notices about API changes.")
    note = models.TextField("internal note", max_length=2000, blank=True, help_text="Not visible to the partner.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organisation"]

    def __str__(self):
        return self.organisation


class PartnerKey(AbstractAPIKey):
    """A key of which only a hash is stored; it is shown once, when it is issued."""

    partner_id: int
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "partner key"
        verbose_name_plural = "partner keys"

    def __str__(self):
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        return not self.revoked and not self.has_expired
