"""Models that have left their vendor's own list: not a rename, and not a list that the feed has lost."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from catalog.importers.entries import SourceEntry
from catalog.importers.matching import Names
from catalog.models import AIModel, ImportedRecord, ImportRun, Offering, Provider, RecordKind, RunState, Vendor
from catalog.rules.choices import Listing
from catalog.rules.facts import OPEN_WEIGHTS

MOST_SHARE, MANY = 0.1, 5  # of a vendor's list; from there on a person decides. A single model never waits


class Departures:
    """The departures that a file of the feed shows; `entries` are its entries and those that it lacks."""

    def __init__(self, run: ImportRun, entries: Iterable[SourceEntry]):
        self.run = run
        gone = (entry.key for entry in entries if entry.is_gone and entry.kind == RecordKind.OFFERING)
        self.gone = Counter(key.partition("/")[0] for key in gone)

    @cached_property
    def vendors(self) -> dict[int, int]:
        """Return the vendors by the keys of their own providers."""
        vendors = Vendor.objects.exclude(reference_provider=None)
        return dict(vendors.order_by("-pk").values_list("reference_provider_id", "pk"))

    @cached_property
    def providers(self) -> dict[str, int]:
        """Return the vendors' own providers by their keys in the feed."""
        links = ImportedRecord.objects.filter(feed=self.run.feed, kind=RecordKind.PROVIDER, record_id__in=self.vendors)
        return dict(links.values_list("key", "record_id"))

    def key_of(self, provider: int) -> str:
        """Return the key in the feed of a vendor's own provider."""
        return next(key for key, pk in self.providers.items() if pk == provider)

    @cached_property
    def many(self) -> set[str]:
        """Return the own providers from whose lists so many models are missing that a person decides."""
        shrunk_providers = set()
        for provider in self.gone.keys() & self.providers.keys():
            links = ImportedRecord.objects.filter(feed=self.run.feed, kind=RecordKind.OFFERING, gone_on=None)
            listed, gone = links.filter(key__startswith=f"{provider}/").count(), self.gone[provider]
            if gone >= MANY or (gone > 1 and gone > MOST_SHARE * listed):
                shrunk_providers.add(provider)
        return shrunk_providers

    @cached_property
    def last_read_on(self) -> date | None:
        """Return the day of the last file before this one."""
        read = ImportRun.objects.filter(
            feed=self.run.feed, state__in=[RunState.DONE, RunState.HELD, RunState.SUPERSEDED]
        )
        before = read.filter(data_on__lt=self.run.data_on).order_by("-data_on")
        return before.values_list("data_on", flat=True).first()

    def left(self, records: Iterable[Offering]) -> list[int]:
        """Return the keys of these offerings, of which all are gone, that are no rename of one in the same list."""
        at_vendor = [row for row in records if row.model_id and self._is_of_vendor(row.provider_id, row.model_id)]
        there = self._listed({row.model_id for row in at_vendor}, {row.pk for row in at_vendor})
        return [row.pk for row in at_vendor if (row.provider_id, row.model_id) not in there]

    def model_of(self, key: str, names: Names) -> tuple[Provider, int] | None:
        """Return the own provider and the model of an id that has left its list; None if it is uncertain or renamed."""
        slug, _, api_id = key.partition("/")
        match = names.match(api_id) if (provider := self.providers.get(slug)) else None
        if provider is None or match is None or not match.is_certain or not self._is_of_vendor(provider, match.model):
            return None
        if Offering.objects.filter(provider=provider, model=match.model).exists():
            return None
        return Provider.objects.get(pk=provider), match.model

    def _is_of_vendor(self, provider: int, model: int) -> bool:
        """Return whether a model is of the provider's vendor and its weights are not open: who has these is free."""
        closed = AIModel.objects.exclude(openness__in=[value for value, is_open in OPEN_WEIGHTS.items() if is_open])
        closed = closed.exclude(offerings__open_weights=True)
        vendor = self.vendors.get(provider)
        return vendor is not None and closed.filter(pk=model, vendor_links__tag=vendor).exists()

    def _listed(self, models: set[int | None], but: set[int]) -> set[tuple[int, int | None]]:
        there = Offering.objects.filter(model__in=models).exclude(pk__in=but).exclude(listing=Listing.REMOVED)
        return {*there.values_list("provider_id", "model_id")}
