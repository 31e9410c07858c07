"""Links by which people without an account read a draft."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from publishing.addresses import absolute


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="publishing.sharelink")


class ShareLinkQuerySet(models.QuerySet):
    def valid(self, at=None):
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now())

    def opened_by(self, token: str) -> "ShareLink | None":
        """The valid link of this token. None for whatever else was sent."""
        try:
            key = _signer().unsign(token)
        except signing.BadSignature:
            return None
        return self.valid().filter(pk=key).first()


class ShareLink(models.Model):
    """Leads to one record until it expires or is revoked. Its token is signed, not stored: who holds it may read."""

    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    revision = models.ForeignKey(
        "publishing.Revision",
        models.CASCADE,
        null=True,
        related_name="share_links",
        help_text="The version to which it is pinned. Empty: it follows what is saved.",
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # who may change the record may make and revoke its links
        indexes = [models.Index(fields=["record_type", "record_id"], name="share_link_by_record")]
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="share_link_lasts")]

    def __str__(self):
        return f"Until {self.expires_at:%Y-%m-%d %H:%M}"

    @property
    def url(self) -> str:
        return absolute(reverse("shared", args=[_signer().sign(self.pk)]))

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
