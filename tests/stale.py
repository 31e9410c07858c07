"""Stale passages of texts, after all pending references were compared."""

from publishing.content.reference import Reference
from publishing.quality.staleness import compare_due, passages_by_record


def stale_passages() -> dict:
    compare_due(60)
    return passages_by_record(Reference.objects.stale())
