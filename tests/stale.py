"""Sentences that are to be looked at again, once every reference that is due was compared."""

from publishing.content.reference import Reference
from publishing.quality.staleness import compare_due, passages_by_record


def stale_passages() -> dict:
    compare_due(60)
    return passages_by_record(Reference.objects.stale())
