"""Checks by accounts of this site: who found what a source says at that source, and when."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import AIModel, Evidence
from catalog.rules.levels import DOUBTS
from publishing.content.permissions import AnyUser

UNCHECKED: dict[str, Any] = {"checked_on": None, "checked_by": None}


def checked_today(user: AnyUser) -> dict[str, Any]:
    """Return the values of evidence that this user has just found at its source."""
    return {"is_checked": True, "checked_by": user, "checked_on": timezone.localdate()}


def mark_checked(model: type, pks: Collection[int], day: date, user: AnyUser) -> None:
    """Mark what the sources of these records, of their prices and events state as checked on that day by the user."""
    evidence = _evidence_of(model, pks).exclude(confidence__in=DOUBTS)
    evidence.update(is_checked=True, checked_on=day, checked_by=user)


def withdraw_checks(model: type, pks: Collection[int]) -> None:
    """Take the checks of these records back: what a feed states is from a list again, the rest still read somewhere."""
    checked = _evidence_of(model, pks).filter(checked_on__isnull=False)
    checked.exclude(source__feed="").update(is_checked=False, **UNCHECKED)
    checked.update(**UNCHECKED)


def _evidence_of(model: type, pks: Collection[int]) -> QuerySet[Evidence]:
    if model is AIModel:
        return Evidence.objects.filter(Q(model__in=pks) | Q(event__model__in=pks))
    return Evidence.objects.filter(Q(offering__in=pks) | Q(price__offering__in=pks) | Q(event__offering__in=pks))
