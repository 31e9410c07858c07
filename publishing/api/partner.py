"""Partners who use the API, and their keys."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

MOST_KEYS = 2  # the current one, and its successor


class Partner(models.Model):
    """An organisation with keys. All its keys share one quota."""

    organisation = models.CharField(max_length=120, unique=True)
    contact_email = models.EmailField("email address", help_text="Whom to tell before something of the API changes.")
    note = models.TextField("internal note", max_length=2000, blank=True, help_text="The partner never sees it.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organisation"]

    def __str__(self):
        return self.organisation


class PartnerKeyManager(BaseAPIKeyManager):
    def usable(self):
        return self.filter(Q(expiry_date=None) | Q(expiry_date__gt=timezone.now()), revoked=False)


class PartnerKey(AbstractAPIKey):
    """A key of which only a hash is stored; it is shown once, when it is issued."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = PartnerKeyManager()

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "key of a partner"
        verbose_name_plural = "keys of partners"

    def __str__(self):
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        return not self.revoked and not self.has_expired

    def clean(self):
        super().clean()
        if self.partner_id:
            with transaction.atomic():
                self._hold_to_number()

    def save(self, *args, **kwargs):
        with transaction.atomic():
            self._hold_to_number()
            super().save(*args, **kwargs)

    def _hold_to_number(self):
        """Raise ValidationError if the partner has the maximum of usable keys. The row lock serialises requests."""
        Partner.objects.select_for_update().filter(pk=self.partner_id).first()
        others = PartnerKey.objects.usable().filter(partner=self.partner_id).exclude(pk=self.pk)
        if self.is_usable and others.count() >= MOST_KEYS:
            raise ValidationError(f"{self.partner} has {MOST_KEYS} keys in use. Revoke one of them first.")
