"""Share links, by which people without an account can read a draft."""

from datetime import UTC
from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet
from ops.http.query_params import key_in
from ops.http.urls import absolute


class ShareLinkQuerySet(QuerySet["ShareLink"]):
    def valid(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def opened_by(self, token: str) -> "ShareLink | None":
        """Return the valid link of this token; None for any other input."""
        candidates = self.valid().select_related("author").filter(pk=key_in(token.partition(".")[0]))
        link = next(iter(candidates), None)
        return link if link and constant_time_compare(link.token, token) else None


class ShareLink(InternalModel):
    """The link to a record until it expires or is revoked. Its token is signed, not stored: its holder may read."""

    DAYS = {1: "One day", 7: "A week", 30: "30 days"}  # that it may last

    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = ShareLinkQuerySet.as_manager()

    class Meta(InternalModel.Meta):  # those who may change the record may make and revoke its links
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id"], name="share_link_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="share_link_lasts"),
        ]

    @property
    def token(self) -> str:
        """The primary key, signed with the creation time, so that a revoked link does not open the next one."""
        moment = self.made_at.astimezone(UTC).isoformat()
        return signing.Signer(sep=".", salt=f"publishing.sharelink {moment}").sign(self.pk)

    @property
    def url(self) -> str:
        return absolute(reverse("shared", args=[self.token]))
