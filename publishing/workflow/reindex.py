"""Repair data derived from records that were written past the models (by fixtures, by SQL, or before there was a search
index), and keep the index up to date with cited facts."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from time import monotonic
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef

from ops.db.lock_timeout import let_others_write
from publishing.content.follow_up import SavedRecords, after_write, prepare_texts
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.claims.models import Claim
from publishing.search.backends import index
from publishing.search.entry import SearchEntry
from publishing.search.vocabulary import SearchWord, words_of

BATCH = 16  # records per transaction; what is prepared of their texts fits into the caches
READ_AT_ONCE = PROGRESS = 500


def repair() -> Iterator[str]:
    """Rebuild references and search entries of all records, while the site is in use; yield progress messages."""
    for model in publishable_models():
        name = model._meta.verbose_name_plural
        pks = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        done, since = 0, monotonic()
        for batch in batched(pks, BATCH):
            prepare_texts(model, *map(vars, model._base_manager.filter(pk__in=batch)))
            since = let_others_write(since)
            with transaction.atomic():
                after_write.run(SavedRecords(model, list(batch), rewrite=True))
            done += len(batch)
            if done % PROGRESS < len(batch) or done == len(pks):
                yield f"{done:,} of {len(pks):,} {name}"
        yield f"{_drop_orphans(model):,} orphaned rows of {name}"
    indexed_words = set()
    for entry in SearchEntry.objects.select_related("texts").iterator(chunk_size=READ_AT_ONCE):
        indexed_words |= words_of(entry)
    SearchWord.objects.add_missing(indexed_words)
    yield f"{len(indexed_words):,} words; {SearchWord.objects.keep_only(indexed_words):,} unused"
    index().tidy()


def follow_facts() -> None:
    """Update the search entries of texts to today's values of the facts they cite. Writes only differences."""
    rows = Reference.objects.links().exclude(fact="").values_list("source_type", "source_id").distinct()
    texts = defaultdict(list)
    for kind, pk in rows.order_by("source_type", "source_id"):
        texts[kind].append(pk)
    since = monotonic()
    for kind, pks in texts.items():
        model = cast(type[Publishable], ContentType.objects.get_for_id(kind).model_class())
        for batch in batched(pks, READ_AT_ONCE):
            for outdated in batched(SearchEntry.objects.outdated(model, batch), BATCH):
                since = let_others_write(since)
                SearchEntry.objects.sync(model, outdated)


def _drop_orphans(model) -> int:
    """Delete derived rows of records that were deleted past the models; return how many."""
    source = ContentType.objects.get_for_model(model)
    # NOT EXISTS, because for NOT IN PostgreSQL reads all of a large table for each row.
    is_left = Exists(model._base_manager.filter(pk=OuterRef("source_id")))
    with transaction.atomic():
        orphans = SearchEntry.objects.filter(~is_left, source_type=source)
        count = len(orphans)
        SearchEntry.objects.remove(orphans)
        for rows in (Reference, Claim):
            deleted, _ = rows.objects.filter(~is_left, source_type=source).delete()
            count += deleted
    return count
