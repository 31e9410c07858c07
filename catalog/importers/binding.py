"""Bind offerings and replacements to models, and create models that a source names and that have no record."""

from collections.abc import Iterable
from itertools import batched
from time import monotonic

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from catalog.history.audit_log import logging_changes
from catalog.importers.entries import BATCH, MISSING, ImportedChange, Plan, SourceEntry
from catalog.importers.handler import Handler, hold
from catalog.importers.matching import Named, Names, Proposal, proposals, unmatched
from catalog.importers.models_dev.models import ModelHandler
from catalog.models import AIModel, HeldRecord, ImportedRecord, ImportRun, LifecycleEvent, Offering, Provider, Source
from catalog.models.imports import RecordKind, RunState
from catalog.rules.choices import ImportFeed
from ops.db.lock_timeout import let_others_write

# Their names are ids, and their vendors those of the hosts.
PRICE_LISTS = frozenset([ImportFeed.LITELLM])


class MatchHandler(Handler):
    """Applies proposals: creates their models if they are new, and binds their offerings."""

    kind, model = RecordKind.MATCH, Offering

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        models, plans = AIModel._base_manager.in_bulk({entry.data["model"] for entry in entries} - {None}), []
        for entry in entries:
            known, path = models.get(entry.data["model"]), f"model of {', '.join(entry.data['api_ids'])}"
            change = ImportedChange(path, MISSING, known.name if known else f"{entry.data['data']['name']} (new)")
            problem = "its model was deleted" if entry.data["model"] and known is None else ""
            plans.append(Plan(entry, changes=[change], problem=problem))
        return plans

    def concerned(self, plan: Plan, models: set[int]) -> set[int]:
        return models & {plan.entry.data["model"]}

    def apply(self, plans: list[Plan]) -> None:
        accepted = [Proposal(**plan.entry.data) for plan in plans if not plan.problem]
        models = self.create([item for item in accepted if item.model is None])
        self.bind({pk: item.model or models[item.key] for item in accepted for pk in item.offerings})

    def bind(self, found: dict[int, int]) -> None:
        """Set the models of these offerings, by key, if they have none yet."""
        rows = list(Offering.objects.select_for_update(of=("self",)).filter(pk__in=found, model=None))
        with logging_changes({Offering: [row.pk for row in rows]}, **self.logged_as):
            for row in rows:
                row.model_id = found[row.pk]
            Offering.objects.bulk_update(rows, ["model"])

    def create(self, new: list[Proposal]) -> dict[str, int]:
        """Create the models; return their keys by that of the proposal. A link each tells that they were once made."""
        about = {"feed": self.run.feed, "kind": self.kind, "record_type": ContentType.objects.get_for_model(AIModel)}
        models = dict(ImportedRecord.objects.filter(kind=self.kind).values_list("key", "record_id"))
        missing = [item for item in new if item.key not in models]
        labs = {slug: name.partition(" (")[0] for slug, name in Provider._base_manager.values_list("slug", "name")}
        handler = ModelHandler(self.run, self.source, labs=labs)
        plans = [Plan(SourceEntry(handler.kind, item.key, item.data, item.key), data=item.data) for item in missing]
        handler.create(plans)
        handler.note_added(plans)
        made = {plan.entry.key: plan.record.pk for plan in plans}
        since = {"": self.run.data_on.isoformat()}
        ImportedRecord.objects.bulk_create(
            ImportedRecord(**about, key=key, record_id=pk, is_created=True, since=since) for key, pk in made.items()
        )
        return models | made


def match_again(run: ImportRun, source: Source | None, named: Iterable[Named] = ()) -> int:
    """Create and bind what is certain, and hold the rest for a user; return the number of bound offerings.

    `named` are models that the feed names without an offering on record.
    """
    handler, since = MatchHandler(run, source), monotonic()
    names, rest = Names(), [*unmatched(), *named]
    certain, found = proposals(names, rest)
    known = set(ImportedRecord.objects.filter(kind=RecordKind.MATCH).values_list("key", flat=True))
    listed = _in_lists_of_models()
    if new := [item for item in found if _is_created(item, run, listed) and item.key not in known]:
        since = let_others_write(since)
        with transaction.atomic():  # together, or after a kill the rest would be taken for those that are there
            handler.create(new)
        names = Names()
        certain, found = proposals(names, rest)
    for some in batched(certain, 4 * BATCH):
        since = let_others_write(since)
        with transaction.atomic():
            handler.bind({pk: certain[pk] for pk in some})
    let_others_write(since)
    with transaction.atomic():
        link_replacements(names, run)
        _hold(run, [item for item in found if not _is_created(item, run, listed) and item.key not in known])
    return len(certain)


def _in_lists_of_models() -> set[int]:
    """Return the keys of offerings that another source than a price list has."""
    lists = ImportedRecord.objects.filter(kind=RecordKind.OFFERING).exclude(feed__in=PRICE_LISTS)
    return set(lists.values_list("record_id", flat=True))


def _is_created(item: Proposal, run: ImportRun, listed: set[int]) -> bool:
    """Return whether a new model is certain; one that only a price list names waits for a user."""
    is_listed = not listed.isdisjoint(item.offerings) if item.offerings else run.feed not in PRICE_LISTS
    return item.is_certain and is_listed


def _hold(run: ImportRun, found: list[Proposal]) -> None:
    """Store the proposals in place of earlier ones of the feed; equal ones are the same rows in this run, so that lists
    opened before still name them. The same ones of another feed stay with its run."""
    earlier = HeldRecord.objects.filter(kind=RecordKind.MATCH, applied_at=None)
    dismissed = set(HeldRecord.objects.filter(kind=RecordKind.MATCH, is_dismissed=True).values_list("key", flat=True))
    others = earlier.filter(run__state__in=[RunState.HELD, RunState.APPLYING]).exclude(run__feed=run.feed)
    made = {row.key: row.data["data"] for row in others}
    found = [item for item in found if item.key not in dismissed and item._asdict() != made.get(item.key)]
    wanted = {item.key: item._asdict() for item in found}
    kept = {row.key: row.pk for row in earlier.filter(run__feed=run.feed) if row.data["data"] == wanted.get(row.key)}
    earlier.filter(Q(run__feed=run.feed) | Q(key__in=wanted)).exclude(pk__in=kept.values()).delete()
    earlier.filter(pk__in=kept.values()).update(run=run)
    entries = [SourceEntry(RecordKind.MATCH, key, data, key) for key, data in wanted.items() if key not in kept]
    hold(run, MatchHandler(run, None).plan(entries))


def link_replacements(names: Names, run: ImportRun) -> None:
    """Link replacements that are known only by name: "azure/gpt-5.1" to GPT-5.1."""
    events = LifecycleEvent.objects.filter(replaced_by=None).exclude(replacement_name="").select_related("offering")
    found = {}
    for event in events:
        own = event.model_id or event.offering.model_id
        match = names.match(event.replacement_name)
        if match and match.is_certain and match.model != own:
            found[event] = match.model
    touched = {
        AIModel: [event.model_id for event in found if event.model_id],
        Offering: [event.offering_id for event in found if event.offering_id],
    }
    with logging_changes(touched, run=run):
        for event, model in found.items():
            event.replaced_by_id, event.replacement_name = model, ""
        LifecycleEvent.objects.bulk_update(found, ["replaced_by", "replacement_name"], batch_size=500)
