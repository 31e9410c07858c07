"""Searching all texts again for what a new or changed pattern finds, some hundreds at a time.

How far that is stands in the patterns: whoever saves one sets it back to the beginning, and what was killed goes on.
"""

from django.db import transaction

from publishing.models import Claim, ClaimPattern
from publishing.models.claim import revised_models

AT_ONCE = 300
BEGINNING = ""


def search_on(at_once: int = AT_ONCE) -> int:
    """Search the next texts; return how many these were, 0 where nothing is left to do."""
    waiting = set(ClaimPattern.objects.exclude(searched_to=None).values_list("searched_to", flat=True))
    if not waiting:
        return 0
    position = min(waiting, key=_order)
    model, after = _place(position)
    with transaction.atomic():
        # Locked, as by whoever saves a text: what she writes meanwhile is not overwritten by what stood there before.
        rows = model._base_manager.select_for_update(of=("self",)).filter(pk__gt=after).order_by("pk")[:at_once]
        records = list(rows)
        Claim.objects.sync(records)
        # One that was saved since begins anew.
        reached = _reached(model, records, is_end=len(records) < at_once)
        ClaimPattern.objects.filter(searched_to=position).update(searched_to=reached)
    return max(1, len(records))


def _place(position: str):
    """The kind of record to go on with, and the key of the last that was searched."""
    label, _, pk = position.partition("/")
    models = revised_models()
    model = next((model for model in models if model._meta.label_lower == label), models[0])
    return model, int(pk or 0)


def _order(position: str) -> tuple[int, int]:
    model, pk = _place(position)
    return revised_models().index(model), pk


def _reached(model, records, *, is_end: bool) -> str | None:
    if not is_end:
        return f"{model._meta.label_lower}/{records[-1].pk}"
    following = revised_models()[revised_models().index(model) + 1 :]
    return f"{following[0]._meta.label_lower}/0" if following else None
