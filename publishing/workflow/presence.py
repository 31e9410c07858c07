"""Who has the form of a record open: each open form says so every few seconds.

With CACHE_URL Redis keeps it, and nothing is written to the database; else a row for each person does.
"""

import time
from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from ops.db.internal import InternalModel
from ops.limits.counter_store import client_of
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
    kind = ContentType.objects.get_for_model(record)
    try:
        keys = _cached(f"presence:{kind.pk}:{record.pk}", user.pk) if settings.CACHE_URL else None
    except redis.RedisError:
        keys = None
    if keys is None:
        keys = _stored(kind, record.pk, user.pk)
    return list(User.objects.filter(pk__in=keys, is_active=True).exclude(pk=user.pk).order_by("first_name", "username"))


def _cached(key: str, person_pk) -> list[int]:
    now = time.time()
    pipeline = client_of(settings.CACHE_URL).pipeline()
    pipeline.zadd(key, {person_pk: now})
    pipeline.zremrangebyscore(key, 0, now - LASTS_SECONDS)
    pipeline.expire(key, LASTS_SECONDS)
    pipeline.zrange(key, 0, -1)
    return [int(pk) for pk in pipeline.execute()[-1]]


def _stored(kind, record_pk, person_pk) -> list[int]:
    now = timezone.now()
    Presence.objects.filter(seen_at__lt=now - timedelta(seconds=LASTS_SECONDS)).delete()
    of_record = Presence.objects.filter(record_type=kind, record_id=record_pk)
    Presence.objects.update_or_create(
        record_type=kind, record_id=record_pk, person_id=person_pk, defaults={"seen_at": now}
    )
    return list(of_record.values_list("person", flat=True))
