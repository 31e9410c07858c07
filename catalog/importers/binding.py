"""Bind offerings and replacements to models, and create models that a source names and that have no record."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched
from time import monotonic
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from catalog.history.audit_log import logging_changes
from catalog.history.bulk_edit import change_all
from catalog.importers.entries import BATCH, MISSING, ImportedChange, Plan, SourceEntry
from catalog.importers.handler import Handler, hold
from catalog.importers.matching import (
    PRICE_LISTS,
    Named,
    Names,
    Proposal,
    is_certain,
    named_of,
    proposals,
    unmatched,
)
from catalog.importers.models_dev.models import ModelHandler, id_of, lab_of
from catalog.models import (
    AIModel,
    HeldRecord,
    ImportedRecord,
    ImportRun,
    LifecycleEvent,
    Offering,
    Provider,
    Source,
    Vendor,
)
from catalog.models.ai_model import ProposalState
from catalog.models.imports import RecordKind, RunState
from catalog.rules.spelling import key_of, words_of
from ops.db.lock_timeout import let_others_write
from publishing.content.permissions import AnyUser
from publishing.content.publishable import State

PROPOSED = {"state": State.DRAFT, "proposal": ProposalState.PROPOSED}


class MatchHandler(Handler):
    """Binds offerings to the models that they are, and creates models that have no record."""

    kind, model = RecordKind.MATCH, Offering

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        models, plans = AIModel._base_manager.in_bulk({entry.data["model"] for entry in entries} - {None}), []
        for entry in entries:
            model, path = models.get(entry.data["model"]), f"model of {', '.join(entry.data['api_ids'])}"
            changes = [ImportedChange(path, MISSING, model.name)] if model else []
            plans.append(Plan(entry, changes=changes, problem="" if model else "its model is not on record"))
        return plans

    def concerned(self, plan: Plan, models: set[int]) -> set[int]:
        return models & {plan.entry.data["model"]}

    def apply(self, plans: list[Plan]) -> None:
        accepted = [Proposal(**plan.entry.data) for plan in plans if not plan.problem]
        bind({pk: item.model for item in accepted for pk in item.offerings if item.model}, **self.logged_as)

    def create(self, new: list[Proposal], state: dict[str, str]) -> None:
        """Create models, and a link each that tells it. With fields in `state` they bring no new vendors."""
        about = {"feed": self.run.feed, "kind": self.kind, "record_type": ContentType.objects.get_for_model(AIModel)}
        labs = {slug: name.partition(" (")[0] for slug, name in Provider._base_manager.values_list("slug", "name")}
        handler = ModelHandler(self.run, self.source, labs=labs, made_with=state)
        vendors = set(Vendor._base_manager.values_list("slug", flat=True))
        keys = [item.key if not state or lab_of(item.key) in vendors else f"/{id_of(item.key)}" for item in new]
        entries = [SourceEntry(handler.kind, key, item.data, key) for key, item in zip(keys, new, strict=True)]
        plans = [Plan(entry, data=entry.data) for entry in entries]
        handler.create(plans)
        handler.note_added(plans)
        since = {"": self.run.data_on.isoformat()}
        ImportedRecord.objects.bulk_create(
            ImportedRecord(
                **about,
                key=item.key,
                record_id=plan.record.pk,
                is_created=True,
                data={"named_by": plan.data["named_by"]},
                since=since,
            )
            for item, plan in zip(new, plans, strict=True)
        )


def bind(model_by_offering: dict[int, int], **logged_as: Any) -> None:
    """Set the models of these offerings, by key, if they have none yet."""
    rows = list(Offering.objects.select_for_update(of=("self",)).filter(pk__in=model_by_offering, model=None))
    with logging_changes({Offering: [row.pk for row in rows]}, **logged_as):
        for row in rows:
            row.model_id = model_by_offering[row.pk]
        Offering.objects.bulk_update(rows, ["model"])


def match_again(run: ImportRun, source: Source | None, unrecorded: Iterable[Named] = ()) -> tuple[int, int]:
    """Create models and bind what is certain, and hold the rest for a user.

    Return the numbers of created models and of bound offerings. A new model is a proposal unless it is certain without
    the price lists, which publish nothing. `named` are models that the feed names without an offering on record.
    """
    handler, since = MatchHandler(run, source), monotonic()
    names, rest = Names(), [*unmatched(), *unrecorded]
    certain, proposed_matches = proposals(names, rest)
    decided = set(ImportedRecord.objects.filter(kind=RecordKind.MATCH).values_list("key", flat=True))
    decided |= set(HeldRecord.objects.filter(kind=RecordKind.MATCH, is_dismissed=True).values_list("key", flat=True))
    new = [item for item in proposed_matches if item.model is None and item.key not in decided]
    publishes = run.feed not in PRICE_LISTS
    proposed = [item for item in new if item.is_of_its_own and not (item.is_certain and publishes)]
    new = [item for item in new if item.is_certain and publishes]
    if new or proposed:
        since = let_others_write(since)
        with transaction.atomic():  # together, or after a kill the rest would be taken for those that are there
            handler.create(new, {})
            handler.create(proposed, PROPOSED)
        names = Names()
        certain, proposed_matches = proposals(names, rest)
    if publishes and names.hidden:
        with transaction.atomic():
            names.hidden -= _publish_listed(rest, certain, run)
    # Readers see an offering of a list of models, so it is not bound to what they do not see.
    listed = {item.offering for item in rest if item.is_listed}
    certain = {pk: model for pk, model in certain.items() if not (model in names.hidden and pk in listed)}
    for offering_keys in batched(certain, 4 * BATCH):
        since = let_others_write(since)
        with transaction.atomic():
            bind({pk: certain[pk] for pk in offering_keys}, run=run)
    let_others_write(since)
    with transaction.atomic():
        link_replacements(names, run=run)
        _hold(run, [item for item in proposed_matches if item.model and item.key not in decided])
    return len(new) + len(proposed), len(certain)


def accept(pks: list[int], user: AnyUser) -> None:
    """Publish these proposals, and bind to them what an import would bind; no value counts as set by hand."""
    change_all(AIModel, pks, "state", State.PUBLISHED, user)
    names = Names()
    certain, _ = proposals(names, unmatched())
    logged_as = {"user": user, "is_moved": True}
    with transaction.atomic():
        bind({pk: model for pk, model in certain.items() if model not in names.hidden}, **logged_as)
        link_replacements(names, **logged_as)


def reject(pks: list[int], user: AnyUser) -> None:
    """Take proposals off the list for good: what a feed says of them later is bound to them."""
    change_all(AIModel, pks, "proposal", ProposalState.REJECTED, user)


def _publish_listed(rest: list[Named], certain: dict[int, int], run: ImportRun) -> set[int]:
    """Publish proposals that are certain by now without the price lists; return their keys."""
    waiting, items = dict(AIModel.objects.proposals().values_list("pk", "name")), defaultdict(list)
    bound = Offering.objects.filter(model__in=waiting)
    for model, item in zip(bound.order_by("pk").values_list("model", flat=True), named_of(bound), strict=True):
        items[model].append(item)
    for item in rest:
        if item.offering in certain:
            items[certain[item.offering]].append(item)
    links = ImportedRecord.objects.filter(kind=RecordKind.MODEL, record_id__in=waiting).exclude(feed__in=PRICE_LISTS)
    published = set(links.values_list("record_id", flat=True))
    for pk, key in ((pk, key_of(words_of(name))) for pk, name in waiting.items()):
        if is_certain([item for item in items[pk] if key_of(words_of(item.bare)) == key], key):
            published.add(pk)
    with logging_changes({AIModel: published}, run=run):
        AIModel.objects.filter(pk__in=published).update(state=State.PUBLISHED)
    return published


def _hold(run: ImportRun, proposed_matches: list[Proposal]) -> None:
    """Store likely matches in place of earlier ones of the feed; equal ones are the same rows in this run, so that
    lists opened before still name them. The same ones of another feed stay with its run."""
    earlier = HeldRecord.objects.filter(kind=RecordKind.MATCH, applied_at=None)
    others = earlier.filter(run__state__in=[RunState.HELD, RunState.APPLYING]).exclude(run__feed=run.feed)
    data_by_key = {row.key: row.data["data"] for row in others}
    wanted = {item.key: item._asdict() for item in proposed_matches if item._asdict() != data_by_key.get(item.key)}
    pks = {row.key: row.pk for row in earlier.filter(run__feed=run.feed) if row.data["data"] == wanted.get(row.key)}
    earlier.filter(Q(run__feed=run.feed) | Q(key__in=wanted)).exclude(pk__in=pks.values()).delete()
    earlier.filter(pk__in=pks.values()).update(run=run)
    entries = [SourceEntry(RecordKind.MATCH, key, data, key) for key, data in wanted.items() if key not in pks]
    hold(run, MatchHandler(run, None).plan(entries))


def link_replacements(names: Names, **logged_as: Any) -> None:
    """Link replacements that are known only by name: "azure/gpt-5.1" to GPT-5.1."""
    events = LifecycleEvent.objects.filter(replaced_by=None).exclude(replacement_name="").select_related("offering")
    model_by_event = {}
    for event in events:
        replaced_model = event.model_id or event.offering.model_id
        match = names.match(event.replacement_name)
        if match and match.is_certain and match.model not in {replaced_model, *names.hidden}:
            model_by_event[event] = match.model
    touched = {
        AIModel: [event.model_id for event in model_by_event if event.model_id],
        Offering: [event.offering_id for event in model_by_event if event.offering_id],
    }
    with logging_changes(touched, **logged_as):
        for event, model in model_by_event.items():
            event.replaced_by_id, event.replacement_name = model, ""
        LifecycleEvent.objects.bulk_update(model_by_event, ["replaced_by", "replacement_name"], batch_size=500)
