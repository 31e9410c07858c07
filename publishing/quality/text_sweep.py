"""Following up all texts again after something that bears on them has changed, some seconds at a time."""

from itertools import batched
from time import monotonic

from django.db import models, transaction

BATCH = 100


class TextSweepManager(models.Manager):
    def go_on(self, name: str, digest: str, texts: list[models.QuerySet], sync, seconds: float) -> bool:
        """Call `sync` with all records of `texts` where `digest` has changed since that was done; return whether all is
        done.

        Goes on where the last call stopped, be it that its time was over or that it was killed.
        """
        until = monotonic() + seconds
        state, _ = self.get_or_create(name=name)
        if state.digest != digest:
            state.digest, state.table, state.last_pk, state.is_done = digest, "", 0, False
            state.save()
        if state.is_done:
            return True
        for rows in sorted(texts, key=lambda rows: rows.model._meta.label_lower):
            label = rows.model._meta.label_lower
            if label < state.table:
                continue
            if label > state.table:
                state.table, state.last_pk = label, 0
            keys = rows.filter(pk__gt=state.last_pk).order_by("pk").values_list("pk", flat=True)
            for some in batched(list(keys), BATCH):
                with transaction.atomic():
                    # Locked, as by whoever saves a text: what she writes meanwhile counts.
                    sync(list(rows.model._base_manager.select_for_update(of=("self",)).filter(pk__in=some)))
                    state.last_pk = some[-1]
                    state.save()
                if monotonic() > until:
                    return False
        state.is_done = True
        state.save()
        return True


class TextSweep(models.Model):
    """How far one is: `digest` tells of what, `last_pk` is the last record of `table` that was followed up."""

    name = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64, blank=True)
    table = models.CharField(max_length=100, blank=True)
    last_pk = models.PositiveBigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    objects = TextSweepManager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.name}: {'done' if self.is_done else f'{self.table}/{self.last_pk}'}"
