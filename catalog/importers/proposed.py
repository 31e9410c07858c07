"""What a user sees of a proposed model to decide on it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from catalog.importers.matching import stem_of
from catalog.models import AIModel, ImportedRecord, Offering, RecordKind
from catalog.models.ai_model import ProposalState
from catalog.models.offering import rows_on
from catalog.rules.choices import Meter
from catalog.rules.prices import usd_in_words, usd_per_million_tokens
from catalog.rules.spelling import Key


class ProposalRow(NamedTuple):
    """`named_by` maps each id to the hosts that use it; `price` is the lowest in words; `doubles` may be the same."""

    model: AIModel
    named_by: dict[str, list[str]]
    price: str
    seen_on: date | None
    doubles: list[AIModel]


def ordered_proposals(state: ProposalState) -> QuerySet[AIModel]:
    """Return the proposals, first those that most offerings bear."""
    return AIModel.objects.proposals(state).annotate(offered=Count("offerings")).order_by("-offered", "name", "pk")


def vendor_counts(models: QuerySet[AIModel]) -> list[tuple[str | None, str | None, int]]:
    """Return slug, name and number of proposals of each vendor, by name; None for those whose vendor is unknown."""
    counted = AIModel.objects.filter(pk__in=models.order_by().values("pk")).values_list(
        "vendors__slug", "vendors__name"
    )
    return [*counted.annotate(count=Count("pk", distinct=True)).order_by(F("vendors__name").asc(nulls_last=True))]


def proposal_rows(models: Iterable[AIModel]) -> list[ProposalRow]:
    """Return the rows of these proposals, in six queries."""
    models = list(models)
    links = ImportedRecord.objects.filter(kind=RecordKind.MATCH, record_id__in=[model.pk for model in models])
    link_of = {link.record_id: link for link in links}
    offers: dict[int, list[Offering]] = defaultdict(list)
    for offer in Offering.objects.filter(model__in=models).select_related("provider").prefetch_related("prices"):
        offers[offer.model_id or 0].append(offer)
    alike: dict[Key, list[AIModel]] = defaultdict(list)
    for other in AIModel.objects.filter(deleted_at=None).exclude(proposal=ProposalState.REJECTED, state="draft"):
        alike[stem_of(other.name)].append(other)
    rows = []
    for model in models:
        link, hosts = link_of.get(model.pk), defaultdict(set)
        for offer in offers[model.pk]:
            hosts[offer.api_id].add(offer.provider.name)
        for provider, api_id in link.data.get("named_by", []) if link else []:
            if api_id not in hosts:
                hosts[api_id].add(provider)
        seen_on = link.given_on("") if link else None
        doubles = [other for other in alike[stem_of(model.name)] if other != model]
        named_by = {api_id: sorted(names) for api_id, names in sorted(hosts.items())}
        rows.append(ProposalRow(model, named_by, _lowest(offers[model.pk]), seen_on, doubles))
    return rows


def _lowest(offers: list[Offering]) -> str:
    """Return the lowest ordinary input price with its output price, in words."""
    day, pairs = timezone.localdate(), []
    for offer in offers:
        rows = [row for row in rows_on(day, offer.prices.all()) if not any(row.key[1:])]
        amounts = {row.meter: usd_per_million_tokens(row.terms) for row in rows}
        if amounts.get(Meter.INPUT) is not None:
            pairs.append((amounts[Meter.INPUT], amounts.get(Meter.OUTPUT)))
    lowest = min(pairs, key=lambda pair: (pair[0], pair[1] or 0), default=())
    return " / ".join("–" if amount is None else usd_in_words(amount) for amount in lowest)
