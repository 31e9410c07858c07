"""Likely duplicates among the records of the catalogue."""

import re
from collections import defaultdict
from itertools import chain

from catalog.models import AIModel, Alias, Offering
from catalog.rules.spelling import key_of, words_of

# Words, and dates, that do not make a name another one.
NOISE = frozenset(["ai", "hf", "instruct", "it", "latest", "model", "open"])
DATE = re.compile(r"(?<![\d.])(?:20\d\d-?[01]\d-?[0-3]\d|[01]\d-20\d\d|2[3-9][01]\d)(?![\d.])")
MOST_GROUPS = 200


def likely_duplicates(model: type) -> list[list]:
    """Return groups of records of one vendor whose names mean the same, and of models that share an id, without trash.

    At most four queries.
    """
    related, pks_by_name = ["vendor_links"] if model is AIModel else [], defaultdict(list)
    records = {record.pk: record for record in model.objects.not_trashed().order_by("pk").prefetch_related(*related)}
    for pk, record in records.items():
        key = key_of(word for word in words_of(DATE.sub(" ", record.name)) if word not in NOISE)
        vendors = [link.tag_id for link in record.vendor_links.all()] if model is AIModel else []
        for vendor in vendors or [getattr(record, "vendor_id", None)]:
            pks_by_name[vendor, key].append(pk)
    if model is AIModel:
        offered = Offering.objects.filter(model__in=records).values_list("api_id", "model")
        aliases = Alias.objects.filter(model__in=records).values_list("text", "model")
        for text, pk in sorted(chain(offered, aliases), key=lambda row: row[1]):
            pks_by_name[text.rpartition("/")[2].lower()].append(pk)
    groups = dict.fromkeys(tuple(dict.fromkeys(keys)) for keys in pks_by_name.values())
    return [[records[pk] for pk in keys] for keys in groups if len(keys) > 1][:MOST_GROUPS]
