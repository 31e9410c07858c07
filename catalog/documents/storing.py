"""Store the rows that are derived from documents. The caller must hold the lock
(`catalog.documents.sync.locking.exclusive_lock`)."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date

import orjson
from django.db import models
from django.db.models import Expression, Q, QuerySet, Subquery

from catalog.documents.summaries import left_list_on, summarise_model, summarise_offering
from catalog.documents.timeline import timeline_of
from catalog.models import AIModel, FacetCount, FeedEntry, Offering, TimelineEntry
from catalog.models.summaries import ModelPeriod, ModelSummary, OfferingPeriod, OfferingSummary
from catalog.rules.grouping import grouped
from catalog.rules.releases import names_extended, plausible_release

TOTAL, VOUCHED = "total", "vouched"
STATUS = "status"
ROWS_AT_ONCE = 500
BODIES = FeedEntry.objects.live().values_list("type", "row_id", "body")
Documents = dict[int, dict]  # by the primary key of the record


def stored_documents(type_name: str, keys: Collection[int]) -> Documents:
    """Return the documents of the records that are public. One query, none without keys."""
    return by_type(BODIES.filter(type=type_name, row_id__in=keys))[type_name]


def stored_with_offerings(model: Expression, *columns: Expression) -> QuerySet:
    """Return type, key and body of a public model and of its public offerings, the release of the model, if that is
    plausible, and `columns`."""
    offerings = OfferingSummary.objects.filter(model_id=model).values("pk")
    release = Subquery(ModelSummary.objects.filter(pk=model).values("released_on"))
    rows = BODIES.filter(Q(type="model", row_id=model) | Q(type="offering", row_id__in=offerings))
    return rows.values_list("type", "row_id", "body", release, *columns)


def by_type(rows: Iterable[tuple[str, int, str]]) -> dict[str, Documents]:
    """Return documents by type and key from rows of type, key and body."""
    documents_by_type = defaultdict(dict)
    for type_name, key, body in rows:
        documents_by_type[type_name][key] = orjson.loads(body)
    return documents_by_type


def models_of(offerings: Collection[int]) -> set[int]:
    """Return the present and the last summarised models of these offerings. Two queries."""
    rows = Offering._base_manager.filter(pk__in=offerings), OfferingSummary.objects.filter(pk__in=offerings)
    return {key for queryset in rows for key in queryset.order_by().values_list("model_id", flat=True)} - {None}


def summarise(model_keys: Collection[int], offering_keys: Collection[int]) -> set[int | None]:
    """Update the derived rows of these models with all of their offerings, and those of these offerings.

    Offerings of other models are skipped, because they are updated with their model. Returns the keys of
    the models with rows that changed, and None if a row of an offering without a model or a period of one changed.
    """
    offering_keys = {*offering_keys}
    for table in (Offering._base_manager, OfferingSummary.objects):
        offering_keys.update(table.filter(model_id__in=model_keys).order_by().values_list("pk", flat=True))
    documents = stored_documents("model", model_keys)
    offerings = stored_documents("offering", offering_keys)
    keys = {document["id"]: key for key, document in documents.items()}
    for key, document in list(offerings.items()):
        if document["model"] and document["model"]["id"] not in keys:
            offering_keys.remove(key)
            del offerings[key]
    fresh, of_model, periods = defaultdict(list), defaultdict(dict), {}
    for key, document in offerings.items():
        model_key = keys[document["model"]["id"]] if document["model"] else None
        summary, periods[key] = summarise_offering(
            key, document, model_key, documents.get(model_key) if model_key else None
        )
        fresh[OfferingSummary].append(summary)
        fresh[OfferingPeriod] += periods[key]
        of_model[model_key][key] = document
    for key, document in with_plausible_releases(documents, offerings).items():
        served = of_model[key]
        with_periods = {offering_key: (offering, periods[offering_key]) for offering_key, offering in served.items()}
        summary, model_periods = summarise_model(key, document, with_periods)
        fresh[ModelSummary].append(summary)
        fresh[ModelPeriod] += model_periods
        fresh[TimelineEntry] += timeline_of(key, document, served, left_list_on(model_periods[-1].today))
    stored = {
        ModelSummary: list(ModelSummary.objects.filter(pk__in=model_keys)),
        ModelPeriod: list(ModelPeriod.objects.filter(model__in=model_keys)),
        TimelineEntry: list(TimelineEntry.objects.filter(model_id__in=model_keys)),
        OfferingSummary: list(OfferingSummary.objects.filter(pk__in=offering_keys)),
        OfferingPeriod: list(OfferingPeriod.objects.filter(offering__in=offering_keys)),
    }
    deltas = _numbers(fresh[ModelSummary], fresh[ModelPeriod])
    deltas.subtract(_numbers(stored[ModelSummary], stored[ModelPeriod]))
    _count(deltas)
    written = [row for table, rows in stored.items() for row in _replace(table, rows, fresh[table])]
    model_of = {row.offering_id: row.model_id for row in (*stored[OfferingSummary], *fresh[OfferingSummary])}
    return {row.model_id if hasattr(row, "model_id") else model_of.get(row.offering_id) for row in written}


def with_plausible_releases(documents: Documents, offerings: Documents) -> Documents:
    """Return the documents of models without implausible release dates (`catalog.rules.releases`). One query."""
    of_model = grouped((offering["model"]["id"], offering) for offering in offerings.values() if offering["model"])
    extended = {key: names_extended(document["slug"]) for key, document in documents.items()}
    slugs = {slug for names in extended.values() for slug in names}
    records = AIModel.objects.published().filter(slug__in=slugs).exclude(released_on="")
    released = dict(records.order_by().values_list("slug", "released_on")) if slugs else {}
    corrected = {}
    for key, document in documents.items():
        base = next((released[slug] for slug in extended[key] if slug in released), None)
        corrected[key] = document | {"released_on": plausible_release(document, of_model[document["id"]], base)}
    return corrected


def _replace(table: type[models.Model], stored: list, fresh: list) -> list:
    """Delete stored rows that are not among the fresh ones, and insert fresh rows that are not stored; return both."""
    left = grouped((_values(row), row) for row in stored)
    missing = [row for row in fresh if not (left[_values(row)] and left[_values(row)].pop())]
    stale = [row for rows in left.values() for row in rows]
    if stale:
        table.objects.filter(pk__in=[row.pk for row in stale]).delete()
    table.objects.bulk_create(missing, batch_size=ROWS_AT_ONCE)
    return stale + missing


def _values(row: models.Model) -> tuple:
    """Return the values of a row without its key, for comparing rows."""
    fields = [field for field in row._meta.concrete_fields if not isinstance(field, models.AutoField)]
    values = (getattr(row, field.attname) for field in fields)
    return tuple(json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value for value in values)


def _numbers(summaries: Iterable[ModelSummary], periods: Iterable[ModelPeriod]) -> Counter:
    """Return the facet counts of these models, and the changes of status counts by day."""
    counts, lists = Counter(), {}
    for summary in summaries:
        lists[summary.model_id] = summary.show
        counts[VOUCHED, "", summary.show, date.min] += summary.vouched
        for place in (f"{TOTAL}:", *summary.places.split()):
            group, value = place.split(":")
            counts[group, value, summary.show, date.min] += 1
    for period in periods:
        if show := lists.get(period.model_id):
            counts[STATUS, period.status, show, period.first_day] += 1
            if period.end_day != date.max:
                counts[STATUS, period.status, show, period.end_day] -= 1
    return counts


def _count(counts: Counter):
    deltas = {at: number for at, number in counts.items() if number}
    if not deltas:
        return
    groups, values, _, days = (set(part) for part in zip(*deltas, strict=True))
    rows = FacetCount.objects.filter(group__in=groups, value__in=values, day__in=days)
    there = {(row.group, row.value, row.show, row.day): row for row in rows}
    changed = [there.get(at) or FacetCount(group=at[0], value=at[1], show=at[2], day=at[3], number=0) for at in deltas]
    for row in changed:
        row.number += deltas[row.group, row.value, row.show, row.day]
    FacetCount.objects.bulk_create(
        [row for row in changed if row.number],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["group", "value", "show", "day"],
        update_fields=["number"],
    )
    FacetCount.objects.filter(pk__in=[row.pk for row in changed if not row.number and row.pk]).delete()
