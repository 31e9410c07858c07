"""Likely duplicates among the records of the catalogue."""

import re
from collections import defaultdict
from itertools import combinations

from anyascii import anyascii
from rapidfuzz import fuzz

from catalog.models import AIModel, Family

ALIKE = 94
# Additions to a name that do not make it another model.
NOISE = re.compile(r"\((latest|preview|new)\)|\b(latest|model)\b")
NUMBER = re.compile(r"\d+(?:\.\d+)*(?: ?[bkm]\b)?")
MOST_GROUPS = 200


def normalised(name: str) -> str:
    """Return a name in lower case, without punctuation and words such as "latest": "claude haiku 4.5"."""
    words = NOISE.sub(" ", anyascii(name).lower().replace("+", " plus "))
    return " ".join(re.findall(r"\d+(?:\.\d+)*|[a-z]+", words))


def likely_duplicates(model: type) -> list[list]:
    """Return groups of likely duplicates of the same vendor, without trash, best matches first. At most two queries."""
    related = ["vendor_links"] if model is AIModel else []
    records = list(model.objects.not_trashed().order_by("pk").prefetch_related(*related))
    groups, ratios = {record.pk: {record.pk} for record in records}, {}
    for alike in _comparable(records):
        for first, second in combinations(alike, 2):
            ratio = fuzz.ratio(normalised(first.name), normalised(second.name), score_cutoff=ALIKE)
            if ratio:
                _join(groups, first.pk, second.pk)
                ratios[first.pk] = max(ratios.get(first.pk, 0), ratio)
    by_pk = {record.pk: record for record in records}
    found = {frozenset(group) for group in groups.values() if len(group) > 1}
    ranked = sorted(found, key=lambda group: (-max(ratios.get(pk, 0) for pk in group), min(group)))
    return [[by_pk[pk] for pk in sorted(group)] for group in ranked[:MOST_GROUPS]]


def _comparable(records) -> list[list]:
    """Group by vendor and the numbers in names: similar names often differ only in versions, sizes and dates."""
    found = defaultdict(list)
    for record in records:
        if isinstance(record, AIModel):
            vendors = [link.tag_id for link in record.vendor_links.all()] or [None]
        else:
            vendors = [record.vendor_id if isinstance(record, Family) else None]
        numbers = tuple(NUMBER.findall(normalised(record.name)))
        for vendor in vendors:
            found[vendor, numbers].append(record)
    return list(found.values())


def _join(groups, first: int, second: int):
    joined = groups[first] | groups[second]
    for pk in joined:
        groups[pk] = joined
