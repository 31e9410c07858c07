"""Compiled bodies, stored under a hash of their source."""

from datetime import timedelta
from itertools import batched

import orjson
from django.db import models
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from ops.db.compiled import CompiledQuery, ListParameter
from ops.db.internal import InternalModel
from ops.db.unapplied_migrations import is_all_migrated
from publishing.content.follow_up import after_write, before_transaction
from publishing.rendering.compiler import Compiled, compiled, key_of
from publishing.richtext import rich_text_fields, tables_with_rich_text
from publishing.richtext.field import blocks_fields
from publishing.richtext.snippets import has_snippet, with_snippets

UNUSED_FOR = timedelta(days=30)
BATCH = 200


class CompiledTextManager(models.Manager):
    def of(self, *bodies: str) -> dict[str | None, Compiled]:
        """Return the parts of each body. One query and no write, since a reader must not wait for the write lock."""
        keys = {key_of(body): body for body in bodies if body}
        parts_by_key = dict(PARTS.rows(keys=keys)) if keys else {}
        return dict.fromkeys(["", None], Compiled()) | {
            body: Compiled(**orjson.loads(parts_by_key[key])) if key in parts_by_key else compiled(body)
            for key, body in keys.items()
        }

    def store(self, bodies: list[str], using: str | None = None) -> None:
        """Compile and store those of `bodies` that are not stored yet."""
        rows = [CompiledText(key=key_of(body), parts=compiled(body).as_json()) for body in bodies if body]
        self.using(using).bulk_create(rows, ignore_conflicts=True)

    def follow(self) -> None:
        """Store compilations that are missing or of an older version, and delete those not used for long."""
        used = set()
        for bodies in batched(_all_bodies(), BATCH):
            keys = {key_of(body): body for body in bodies}
            stored = set(self.filter(pk__in=keys).values_list("pk", flat=True))
            for key in keys.keys() - stored:
                self.store([keys[key]])  # one by one, so that no other writer waits for long
            used |= keys.keys()
        old = self.filter(stored_at__lt=timezone.now() - UNUSED_FOR).values_list("pk", flat=True)
        for keys in batched([key for key in old if key not in used], BATCH):
            self.filter(pk__in=keys).delete()


def _all_bodies():
    for model in tables_with_rich_text():
        for name in sorted(rich_text_fields(model)):
            bodies = model._base_manager.exclude(**{name: ""}).values_list(name, flat=True).iterator(BATCH)
            yield from (with_snippets(body) for body in bodies)
        for name, field in blocks_fields(model).items():
            for blocks in model._base_manager.exclude(**{name: []}).values_list(name, flat=True).iterator(BATCH):
                yield from (with_snippets(body) for body in field.texts(blocks))


class CompiledText(InternalModel):
    key = models.CharField(max_length=64, primary_key=True)
    parts = models.TextField()
    stored_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = CompiledTextManager()


PARTS = CompiledQuery(
    CompiledText.objects.filter(pk__in=ListParameter("keys", models.TextField())).values_list("key", "parts")
)


@after_write.register
def compile_texts_with_snippets(written):
    fields = sorted(rich_text_fields(written.model))
    if written.touches(frozenset(fields)):
        bodies = [getattr(record, name) for record in written.records for name in fields]
        CompiledText.objects.store([with_snippets(body) for body in bodies if has_snippet(body)])


@before_transaction.register
def compile_texts(texts):
    for html in texts:
        compiled(html)


@receiver(post_migrate, dispatch_uid="compiled texts")
def follow_after_migrating(**signal):
    """Compile texts that an upgrade requires before the site serves requests."""
    if is_all_migrated(**signal):
        CompiledText.objects.follow()
