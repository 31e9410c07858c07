"""The API for reading documents and rows of lists on a given day. Pending changes are stamped first."""

from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from datetime import date
from typing import Any

import orjson
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.models import BigIntegerField, Case, F, JSONField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.dispatch import receiver

from catalog.documents.compose import Key
from catalog.documents.compose import documents as composed
from catalog.documents.storing import BODIES, Documents, by_type, stored_documents, stored_with_offerings
from catalog.documents.sync.canonical import canonical
from catalog.documents.sync.head import IS_CURRENT, head_after_stamping
from catalog.models import ModelSummary, OfferingPeriod, Provider
from catalog.rules.prices import PRICES
from catalog.rules.status import LASTING, Status
from ops.db.compiled import CompiledQuery, Parameter, keys
from ops.page_cache.decorator import do_not_cache

# The limits for stamping within a reader's request: the time, and the number of records.
SECONDS = 0.05
RECORDS = 20
OF_MODEL = CompiledQuery(stored_with_offerings(Parameter("model", BigIntegerField()), IS_CURRENT))
SOURCES = CompiledQuery(BODIES.filter(type="source", row_id__in=keys("sources")))

# An offer without a charge that nobody has checked may be a trial or part of a plan: it is no price (`Offer.counts`).
COUNTS = ~Q(input_price=0) | Q(output_price__gt=0) | ~Q(offering__row__checked_on=None)

# The offers that last, retired ones at the end; of each those with a price first, by blended or else by input price.
LASTING_FIRST = OfferingPeriod.objects.order_by(
    Case(When(status__in=LASTING, then=0), When(status=Status.RETIRED, then=2), default=1),
    Case(When(COUNTS, then=0), default=1),
    NullIf(F("blended_price"), Value(0)).asc(nulls_last=True),
    NullIf(F("input_price"), Value(0)).asc(nulls_last=True),
    F("input_price").asc(nulls_last=True),
    "offering",
)

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


def stamped(ask: Callable[[], Iterable[tuple]]) -> list[tuple]:
    """Return the rows that `ask` returns once pending changes are stamped, without the last column, `IS_CURRENT`.

    It is asked once if none are pending and there is a row.
    """
    rows, is_done = [*ask()], _is_done.get()
    if not (is_done or (rows and rows[0][-1])):
        stamp_pending_changes()
        rows = [*ask()]
    elif is_done is False:
        _is_done.set(True)
    return [row[:-1] for row in rows]


@receiver(request_started)
def check_once_per_request(environ, **kwargs):
    """Check once per request for public reads only, because an admin request may write, read and roll back."""
    is_reading = environ.get("REQUEST_METHOD") in {"GET", "HEAD"}
    is_public = not environ.get("PATH_INFO", "").startswith(f"/{settings.ADMIN_PATH}")
    _is_done.set(False if is_reading and is_public else None)


@receiver(request_finished)
def check_each_time(**kwargs):
    _is_done.set(None)


def documents(type_name: str, keys: Collection[int]) -> Documents:
    """Return the documents of the records that are public. One query."""
    stamp_pending_changes()
    return stored_documents(type_name, keys)


def model_and_offerings(key: int) -> tuple[dict | None, Documents, str | None]:
    """Return the document of a public model, those of its public offerings, and its release if that is plausible.

    One query.
    """
    rows = stamped(lambda: OF_MODEL.rows(model=key))
    documents_by_type = by_type(row[:3] for row in rows)
    return documents_by_type["model"].get(key), documents_by_type["offering"], (rows[0][3] or None) if rows else None


def sources(ids: Iterable[str]) -> dict[str, dict]:
    """Return the documents of sources by the ids given in evidence. One query."""
    rows = SOURCES.rows(sources=map(int, ids)) if ids else []
    return {document["id"]: document for document in by_type(rows)["source"].values()}


def drafts(type_name: str, keys: Iterable[int], as_if_public: Collection[Key] = ()) -> Documents:
    """Return documents for previews, as if the records in `as_if_public` were public; they are not stored."""
    documents = composed(type_name, keys, as_if_public)
    return {key: orjson.loads(canonical(document)) for key, document in documents.items()}


def summaries() -> QuerySet[ModelSummary]:
    """Return the public models without the columns that depend on the day."""
    stamp_pending_changes()
    return ModelSummary.objects.all()


def models_on(day: date, providers: QuerySet[Provider] | None = None) -> QuerySet[ModelSummary]:
    """Return the public models with their `status` and prices (`PRICES`) on `day`, and the provider and lowest price.

    Prices are in USD per million tokens, None if unknown: those at the reference provider `price_at`. If `providers`
    are given, status and prices are those of one offering at these (`LASTING_FIRST`), and `lowest` is None.
    """
    stamp_pending_changes()
    summaries = ModelSummary.objects.filter(periods__first_day__lte=day, periods__end_day__gt=day)
    if providers is None:
        of_period = "status", "current_since", *PRICES, "price_at", "lowest"
        return summaries.annotate(**{name: F(f"periods__{name}") for name in of_period})
    there = LASTING_FIRST.filter(first_day__lte=day, end_day__gt=day, offering__model_id=OuterRef("pk"))
    there = there.filter(offering__provider_id__in=providers.values("pk"))
    is_price = COUNTS & ~Q(status=Status.RETIRED)
    columns = {name: F(name) for name in PRICES} | {"price_at": F("offering__provider_name")}
    values = {name: Subquery(there.values_list(Case(When(is_price, then=of)))[:1]) for name, of in columns.items()}
    status = Coalesce(Subquery(there.values("status")[:1]), Value(str(Status.UNKNOWN)))
    summaries = summaries.annotate(status=status, lowest=Value(None, JSONField()), **values)
    since = Case(When(status=Status.AVAILABLE, then=F("periods__current_since")), default=Value(""))
    return summaries.annotate(current_since=since)


def on_day(day: date) -> dict[str, date]:
    """Return the lookups of periods that are valid on `day`. Pending changes are stamped first."""
    stamp_pending_changes()
    return valid_on(day)


def valid_on(day: Any) -> dict[str, Any]:
    return {"first_day__lte": day, "end_day__gt": day}
