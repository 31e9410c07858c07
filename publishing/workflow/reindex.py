"""Setting right what was written past the models: by fixtures, by SQL, or before there was a search; and what facts of
other records have made of texts since."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef

from publishing.content.follow_up import Written, after_write
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.claims.models import Claim
from publishing.quality.names.name_mention import NameMention
from publishing.quality.names.name_rule import NameRule
from publishing.search.backends import index
from publishing.search.entry import SearchEntry
from publishing.search.word import SearchWord, words_of

BATCH = 500


def repair() -> Iterator[str]:
    """Write references and search entries of all records anew, some hundreds in a transaction; yield how far it is.

    Readers and editors go on meanwhile. An interrupted run leaves everything usable; the next begins from the start.
    """
    for model in publishable_models():
        name = model._meta.verbose_name_plural
        pks = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        done = 0
        for some in batched(pks, BATCH):
            with transaction.atomic():
                after_write.run(Written(model, list(some), rewrite=True))
            done += len(some)
            yield f"{done:,} of {len(pks):,} {name}"
        yield f"{_drop_orphans(model):,} rows of {name} that are no more"
    known = set()
    for entry in SearchEntry.objects.select_related("texts").iterator(chunk_size=BATCH):
        known |= words_of(entry)
    SearchWord.objects.add_missing(known)
    yield f"{len(known):,} words; {SearchWord.objects.keep_only(known):,} that stand nowhere any more"
    index().tidy()


def follow_facts():
    """Let what is searched of texts say the values of today. Writes only what differs."""
    rows = Reference.objects.exclude(fact="").values_list("source_type", "source_id").distinct()
    texts = defaultdict(list)
    for kind, pk in rows.order_by("source_type", "source_id"):
        texts[kind].append(pk)
    for kind, pks in texts.items():
        SearchEntry.objects.sync(ContentType.objects.get_for_id(kind).model_class(), pks)


def _drop_orphans(model) -> int:
    """Delete what is known of records that were deleted past the models; return how many rows went."""
    source = ContentType.objects.get_for_model(model)
    # Not as NOT IN, for which PostgreSQL reads all of a large table for each row.
    is_left = Exists(model._base_manager.filter(pk=OuterRef("source_id")))
    with transaction.atomic():
        orphans = SearchEntry.objects.filter(~is_left, source_type=source)
        count = len(orphans)
        SearchEntry.objects.remove(orphans)
        for rows in (Reference, Claim, NameMention, NameRule):
            deleted, _ = rows.objects.filter(~is_left, source_type=source).delete()
            count += deleted
    return count
