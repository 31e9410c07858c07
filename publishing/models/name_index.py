"""How far the index of names in texts has come with the names of today."""

from itertools import batched
from time import monotonic

from django.apps import apps
from django.db import models, transaction

from publishing.models.name_mention import NameMention
from publishing.models.publishable import Publishable
from publishing.naming.today import lexicon_of_today
from publishing.richtext import rich_text_fields

BATCH = 100


class NameIndexManager(models.Manager):
    def catch_up(self, seconds: float) -> bool:
        """Index all texts anew where names have changed since that was done; return whether all is done.

        Goes on where the last call stopped, be it that its time was over or that it was killed. Each text is indexed
        as well when it is written; this finds what it says under a name that is new since.
        """
        until = monotonic() + seconds
        digest = lexicon_of_today().digest
        state, _ = self.get_or_create(pk=1)
        if state.digest != digest:
            state.digest, state.table, state.last_pk, state.is_done = digest, "", 0, False
            state.save()
        if state.is_done:
            return True
        for model in _tables():
            if model._meta.label_lower < state.table:
                continue
            if model._meta.label_lower > state.table:
                state.table, state.last_pk = model._meta.label_lower, 0
            keys = model._base_manager.filter(_has_text(model), pk__gt=state.last_pk).order_by("pk")
            for some in batched(list(keys.values_list("pk", flat=True)), BATCH):
                with transaction.atomic():
                    NameMention.objects.sync(list(model._base_manager.filter(pk__in=some)))
                    state.last_pk = some[-1]
                    state.save()
                if monotonic() > until:
                    return False
        state.is_done = True
        state.save()
        return True


class NameIndex(models.Model):
    """The one row: with which names the texts are being indexed, and up to which record of which table they are."""

    digest = models.CharField(max_length=64, blank=True)
    table = models.CharField(max_length=100, blank=True)
    last_pk = models.PositiveBigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    objects = NameIndexManager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return "done" if self.is_done else f"{self.table}/{self.last_pk}"


def _tables() -> list[type[Publishable]]:
    tables = (model for model in apps.get_models() if issubclass(model, Publishable) and not model._meta.proxy)
    return sorted((model for model in tables if rich_text_fields(model)), key=lambda model: model._meta.label_lower)


def _has_text(model) -> models.Q:
    return models.Q(*((f"{field}__gt", "") for field in sorted(rich_text_fields(model))), _connector=models.Q.OR)
