"""The API for reading documents and rows of lists on a given day. Pending changes are stamped first."""

from collections.abc import Collection, Iterable
from contextvars import ContextVar
from datetime import date

import orjson
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.models import F, JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.dispatch import receiver

from catalog.documents.compose import Key
from catalog.documents.compose import documents as composed
from catalog.documents.storing import stored_documents, stored_together
from catalog.models import ModelSummary, OfferingPeriod, OfferingSummary, Provider
from catalog.rules.prices import PRICES
from catalog.rules.status import Status
from catalog.sync.canonical import canonical
from catalog.sync.head import head_after_stamping
from ops.page_cache.decorator import do_not_cache

# The limits for stamping within a reader's request: the time, and the number of records.
SECONDS = 0.05
RECORDS = 20

# The offers that are not retired by blended price, or else by input price; those without a charge last.
CHEAPEST_FIRST = OfferingPeriod.objects.exclude(status=Status.RETIRED).order_by(
    NullIf(F("blended_price"), Value(0)).asc(nulls_last=True),
    NullIf(F("input_price"), Value(0)).asc(nulls_last=True),
    F("input_price").asc(nulls_last=True),
    "offering",
)

# An offer without a charge that nobody has checked may be a trial or part of a plan: it is no price (`Offer.counts`).
COUNTS = ~Q(input_price=0) | Q(output_price__gt=0) | ~Q(offering__row__checked_on=None)

# Whether this request has stamped pending changes already; None to check each time.
_is_done: ContextVar[bool | None] = ContextVar("_is_done", default=None)


def stamp_pending_changes() -> None:
    """Stamp pending changes, once per request of a public page. One query if there are none.

    Outside a transaction it waits at most 50 ms; after that the reader gets the last stamped state.
    """
    if _is_done.get():
        return
    limits = {"seconds": SECONDS, "patience_ms": int(SECONDS * 1000), "at_once": RECORDS}
    head = head_after_stamping(**({} if connection.in_atomic_block else limits))
    if head is None or head.is_behind:
        do_not_cache()
    if _is_done.get() is not None:
        _is_done.set(True)


@receiver(request_started)
def check_once_per_request(environ, **kwargs):
    """Check once per request for public reads only, because an admin request may write, read and roll back."""
    is_reading = environ.get("REQUEST_METHOD") in {"GET", "HEAD"}
    is_public = not environ.get("PATH_INFO", "").startswith(f"/{settings.ADMIN_PATH}")
    _is_done.set(False if is_reading and is_public else None)


@receiver(request_finished)
def check_each_time(**kwargs):
    _is_done.set(None)


def documents(type_name: str, keys: Collection[int]) -> dict[int, dict]:
    """Return the documents of the records that are public, by primary key. One query."""
    stamp_pending_changes()
    return stored_documents(type_name, keys)


def model_and_offerings(key: int) -> tuple[dict | None, dict[int, dict]]:
    """Return the document of a public model and those of its public offerings by primary key. One query."""
    stamp_pending_changes()
    models, offerings = stored_together([key], OfferingSummary.objects.filter(model_id=key).values("pk"))
    return models.get(key), offerings


def sources(ids: Iterable[str]) -> dict[str, dict]:
    """Return the documents of sources by the ids given in evidence. One query."""
    return {document["id"]: document for document in stored_documents("source", [int(one) for one in ids]).values()}


def drafts(type_name: str, keys: Iterable[int], as_if_public: Collection[Key] = ()) -> dict[int, dict]:
    """Return documents for previews, as if the records in `as_if_public` were public; they are not stored."""
    found = composed(type_name, keys, as_if_public)
    return {key: orjson.loads(canonical(document)) for key, document in found.items()}


def summaries() -> QuerySet[ModelSummary]:
    """Return the public models without the columns that depend on the day."""
    stamp_pending_changes()
    return ModelSummary.objects.all()


def models_on(day: date, providers: QuerySet[Provider] | None = None) -> QuerySet[ModelSummary]:
    """Return the public models with their `status` and prices (`PRICES`) on `day`, and the provider and lowest price.

    Prices are in USD per million tokens, None if unknown: those at the reference provider `price_at`, or, if
    `providers` are given, at the cheapest of these. `lowest` is then None.
    """
    stamp_pending_changes()
    found = ModelSummary.objects.filter(periods__first_day__lte=day, periods__end_day__gt=day)
    if providers is None:
        return found.annotate(**_of_period("status", "current_since", *PRICES, "price_at", "lowest"))
    there = CHEAPEST_FIRST.on(day).filter(
        COUNTS, offering__model_id=OuterRef("pk"), offering__provider_id__in=providers.values("pk")
    )
    prices = {name: Subquery(there.values(name)[:1]) for name in PRICES}
    name = Coalesce(Subquery(there.values("offering__provider_name")[:1]), Value(""))
    return found.annotate(
        **_of_period("status", "current_since"), **prices, price_at=name, lowest=Value(None, JSONField())
    )


def offerings_on(day: date) -> QuerySet[OfferingSummary]:
    """Return the public offerings with their `status`, `PRICES` and `prices` on `day`."""
    stamp_pending_changes()
    found = OfferingSummary.objects.filter(periods__first_day__lte=day, periods__end_day__gt=day)
    return found.annotate(**_of_period("status", *PRICES, "prices"))


def _of_period(*names: str) -> dict[str, F]:
    return {name: F(f"periods__{name}") for name in names}
