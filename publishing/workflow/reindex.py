"""Repair data derived from records that were written past the models (by fixtures, by SQL, or before there was a search
index), and keep the index up to date with cited facts."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef

from publishing.content.follow_up import SavedRecords, after_write
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.claims.models import Claim
from publishing.search.backends import index
from publishing.search.entry import SearchEntry
from publishing.search.vocabulary import SearchWord, words_of

BATCH = 500


def repair() -> Iterator[str]:
    """Rebuild references and search entries of all records, while the site is in use; yield progress messages."""
    for model in publishable_models():
        name = model._meta.verbose_name_plural
        pks = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        done = 0
        for some in batched(pks, BATCH):
            with transaction.atomic():
                after_write.run(SavedRecords(model, list(some), rewrite=True))
            done += len(some)
            yield f"{done:,} of {len(pks):,} {name}"
        yield f"{_drop_orphans(model):,} orphaned rows of {name}"
    known = set()
    for entry in SearchEntry.objects.select_related("texts").iterator(chunk_size=BATCH):
        known |= words_of(entry)
    SearchWord.objects.add_missing(known)
    yield f"{len(known):,} words; {SearchWord.objects.keep_only(known):,} unused"
    index().tidy()


def follow_facts() -> None:
    """Update the search entries of texts to today's values of the facts they cite. Writes only differences."""
    rows = Reference.objects.links().exclude(fact="").values_list("source_type", "source_id").distinct()
    texts = defaultdict(list)
    for kind, pk in rows.order_by("source_type", "source_id"):
        texts[kind].append(pk)
    for kind, pks in texts.items():
        SearchEntry.objects.sync(cast(type[Publishable], ContentType.objects.get_for_id(kind).model_class()), pks)


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
