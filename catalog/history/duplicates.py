"""Likely duplicates among the records of the catalogue."""

from collections import defaultdict

from catalog.models import AIModel
from catalog.rules.spelling import key_of, words_of

NOISE = frozenset(["ai", "latest", "model"])  # words that do not make a name another one
MOST_GROUPS = 200


def likely_duplicates(model: type) -> list[list]:
    """Return groups of records of one vendor whose names mean the same, without trash. At most two queries."""
    related, found = ["vendor_links"] if model is AIModel else [], defaultdict(list)
    for record in model.objects.not_trashed().order_by("pk").prefetch_related(*related):
        key = key_of(word for word in words_of(record.name) if word not in NOISE)
        vendors = [link.tag_id for link in record.vendor_links.all()] if model is AIModel else []
        for vendor in vendors or [getattr(record, "vendor_id", None)]:
            found[vendor, key].append(record)
    groups = dict.fromkeys(tuple(records) for records in found.values() if len(records) > 1)
    return [[*group] for group in groups][:MOST_GROUPS]
