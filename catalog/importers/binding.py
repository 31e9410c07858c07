"""Bind offerings and replacements to models, and create models that a source names and that have no record."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from catalog.history.audit_log import logging_changes
from catalog.importers.entries import MISSING, ImportedChange, Plan, SourceEntry
from catalog.importers.handler import Handler
from catalog.importers.matching import SIDES, Named, Names, Proposal, proposals, unmatched
from catalog.importers.models_dev.related import modalities
from catalog.models import (
    AIModel,
    Alias,
    HeldRecord,
    ImportRun,
    LifecycleEvent,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    RecordKind,
    Source,
    Vendor,
)
from catalog.rules.choices import AliasKind
from ops.http.slugs import slug_for


class MatchHandler(Handler):
    """Applies accepted proposals: creates their models if they are new, and binds their offerings."""

    kind, model = RecordKind.MATCH, Offering

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        titles = AIModel._base_manager.in_bulk({entry.data["model"] for entry in entries} - {None})
        return [self._planned(entry, titles.get(entry.data["model"])) for entry in entries]

    def _planned(self, entry: SourceEntry, known: AIModel | None) -> Plan:
        name = known.name if known else f"{entry.data['name']} (new)"
        plan = Plan(entry, changes=[ImportedChange(f"model of {', '.join(entry.data['api_ids'])}", MISSING, name)])
        if entry.data["model"] and known is None:
            plan.problem = "its model was deleted"
        return plan

    def concerns(self, plan: Plan, models: set[int]) -> bool:
        return plan.entry.data["model"] in models

    def apply(self, plans: list[Plan]) -> None:
        for plan in plans:
            if not plan.problem:
                data = plan.entry.data
                model: int = data["model"] or self._create(data).pk
                self.bind(dict.fromkeys(data["offerings"], model))

    def bind(self, found: dict[int, int]) -> None:
        """Set the models of these offerings, by key, if they have none yet."""
        rows = list(Offering.objects.select_for_update(of=("self",)).filter(pk__in=found, model=None))
        with logging_changes({Offering: [row.pk for row in rows]}, **self.logged_as):
            for row in rows:
                row.model_id = found[row.pk]
            Offering.objects.bulk_update(rows, ["model"], batch_size=500)

    def _create(self, data: dict) -> AIModel:
        slug = slug_for(data["key"], "model")
        if model := AIModel._base_manager.filter(slug=slug).first():
            return model
        facts = {name: value for name, value in data["facts"].items() if name not in SIDES}
        model = AIModel.objects.create(name=data["name"], slug=slug, **facts)
        vendors = list(Vendor._base_manager.filter(slug=data["vendor"]))
        ModelVendor.objects.bulk_create(ModelVendor(content_object=model, tag=vendor) for vendor in vendors)
        for side, through in zip(SIDES, (ModelInputModality, ModelOutputModality), strict=True):
            tags = modalities(data["facts"].get(side, ()))
            through.objects.bulk_create(through(content_object=model, tag=tag) for tag in tags.values())
        names = {text.lower(): text for text in data["api_ids"] if text.lower() != model.name.lower()}
        taken = {text.lower() for text in Alias.objects.values_list("text", flat=True)}
        Alias.objects.bulk_create(
            Alias(model=model, text=text, kind=AliasKind.API_ID) for key, text in names.items() if key not in taken
        )
        for fact in [*data["facts"], *["vendors"][: len(vendors)]]:
            self.evidence(fact, model=model).save()
        self._note_added([Plan(SourceEntry(self.kind, data["key"], data, data["key"]), record=model)])
        return model


def match_again(run: ImportRun, source: Source | None, named: Iterable[Named] = ()) -> int:
    """Bind what is certain and hold the rest for a user; return the number of bound offerings.

    `named` are models that the feed names without an offering on record.
    """
    with transaction.atomic():
        names = Names()
        certain, found = proposals(names, [*unmatched(), *named])
        MatchHandler(run, source).bind(certain)
        link_replacements(names, run)
        _hold(run, found)
    return len(certain)


def _hold(run: ImportRun, found: list[Proposal]) -> None:
    """Store the proposals in place of earlier ones of the feed, and of any feed for the same model."""
    earlier = HeldRecord.objects.filter(kind=RecordKind.MATCH, applied_at=None)
    earlier.filter(Q(run__feed=run.feed) | Q(key__in=[item.key for item in found])).delete()
    entries = [SourceEntry(RecordKind.MATCH, item.key, item._asdict(), item.key) for item in found]
    HeldRecord.objects.bulk_create(
        HeldRecord(
            run=run,
            kind=RecordKind.MATCH,
            key=plan.entry.key,
            data={"data": plan.entry.data, "place": plan.entry.place},
            differences=[change.as_json() for change in plan.changes],
        )
        for plan in MatchHandler(run, None).plan(entries)
    )


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
