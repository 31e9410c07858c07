"""Process all texts again, some seconds at a time, after a change that affects them."""

from collections.abc import Callable
from itertools import batched
from time import monotonic

from django.db import models, transaction

from ops.db.internal import InternalModel
from ops.db.lock_timeout import let_others_write

BATCH = 8  # records per transaction; what was found in their texts fits into the caches of the searches


class TextSweepManager(models.Manager):
    def go_on(
        self,
        name: str,
        digest: str,
        texts: list[models.QuerySet],
        search: Callable[[list], object],
        sync: Callable[[list], object],
        seconds: float,
    ) -> bool:
        """If `digest` has changed, `sync` all `texts` from where the last call stopped; return whether all are done.

        `search` gets the same records before the transaction of `sync` begins, to read their texts without a lock.
        """
        since = monotonic()
        until = since + seconds
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
            for batch in batched(list(keys), BATCH):
                search(list(rows.model._base_manager.filter(pk__in=batch)))
                since = let_others_write(since)
                with transaction.atomic():
                    # The rows are locked, as when a text is saved, so that changes made meanwhile are not lost.
                    sync(list(rows.model._base_manager.select_for_update(of=("self",)).filter(pk__in=batch)))
                    state.last_pk = batch[-1]
                    state.save()
                if monotonic() > until:
                    return False
        state.is_done = True
        state.save()
        return True


class TextSweep(InternalModel):
    """The progress of a sweep: `digest` identifies its cause, `last_pk` is the last processed record of `table`."""

    name = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64, blank=True)
    table = models.CharField(max_length=100, blank=True)
    last_pk = models.PositiveBigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    objects = TextSweepManager()
