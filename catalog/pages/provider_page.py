"""The offerings on the page of a provider, from their summaries."""

from datetime import date

from catalog.documents import read
from catalog.models import OfferingPeriod, OfferingSummary, Provider
from catalog.presenting.cells import source_links
from catalog.presenting.rows import OfferingRow, event_rows, price_rows
from catalog.rules.levels import provenance_of_source
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Status
from ops.db.bounded_count import counted


class OfferingsOf:
    """The public offerings for a paginator, by the name of their model or else their own.

    A slice is one query, and one for the ends of those that are deprecated or retired.
    """

    def __init__(self, provider: Provider, day: date):
        read.stamp_pending_changes()
        self.provider, self.day = provider, day
        self.rows: list[OfferingRow] = []

    def count(self) -> int:
        return counted(OfferingSummary.objects.filter(provider_id=self.provider.pk))

    def __getitem__(self, part: slice) -> list[OfferingRow]:
        offerings = OfferingPeriod.objects.filter(**read.on_day(self.day), offering__provider_id=self.provider.pk)
        offerings = offerings.order_by("offering__name_key", "offering__api_id", "offering_id")[part]
        self.rows = [
            OfferingRow(key, row, Status(status), row["effective"], price_rows(prices))
            for key, row, status, prices in offerings.values_list("offering_id", "offering__row", "status", "prices")
        ]
        ending = {row.key: row for row in self.rows if row.status in (Status.DEPRECATED, Status.RETIRED)}
        for key, document in (read.documents("offering", ending) if ending else {}).items():
            ending[key].events = event_rows(document)
            ending[key].remark = _remark(ending[key], self.day)
        return self.rows


def _remark(row: OfferingRow, day: date) -> str:
    """Return when a row that is deprecated or retired ends or has ended, or that this is not known."""
    if end := row.end:
        verb = "ended" if end.period.last_day <= day else "until"
        return f"{verb} {end.period}{'\u00a0○' * end.is_unconfirmed}"
    if left_on := row.values.get("left_list_on"):
        return f"not in its list since {PartialDate.parse(left_on)}"
    return "last day not known"


def sources_of(provider: Provider, rows: list[OfferingRow], firm: str) -> str:
    """Return the sources of a provider and of its rows, sorted by title, as HTML; `firm` names this site's."""
    document = read.documents("provider", [provider.pk]).get(provider.pk)
    cited = [(item["source"], provenance_of_source(item).place) for item in document["evidence"]] if document else []
    cited += [(key, place) for row in rows for key, place in row.values["sources"]]
    places: dict[str, int] = {}
    for key, place in cited:
        places[key] = min(places.get(key, place), place)
    sources = read.sources(places)
    by_title = sorted(sources.values(), key=lambda source: (source["title"], int(source["id"])))
    return source_links(((source, places[source["id"]]) for source in by_title), firm)
