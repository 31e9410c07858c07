"""Who has the form of a record open: each open form says so every few seconds."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from ops.db.internal import InternalModel
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable

LASTS_SECONDS = 35  # two heartbeats (static/js/presence.js), one of which may be late


class Presence(InternalModel):
    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta(InternalModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "person"], name="presence_one_of_a_person")
        ]


def others_at(record: Publishable, user: AnyUser) -> list[User]:
    """Note that `user` has the form of `record` open; return the others who have, by name."""
    now, record_type = timezone.now(), ContentType.objects.get_for_model(record)
    Presence.objects.filter(seen_at__lt=now - timedelta(seconds=LASTS_SECONDS)).delete()
    place = {"record_type": record_type, "record_id": record.pk}
    Presence.objects.update_or_create(**place, person_id=user.pk, defaults={"seen_at": now})
    keys = Presence.objects.filter(**place).values("person")
    return list(User.objects.filter(pk__in=keys, is_active=True).exclude(pk=user.pk).order_by("first_name", "username"))
