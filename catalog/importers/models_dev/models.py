"""Import of providers and models from models.dev."""

import re
from typing import Any

from django.db.models import QuerySet

from catalog.history.audit_log import logging_changes
from catalog.importers.columns import Column, day, flag, openness, text, text_of, tokens
from catalog.importers.entries import MISSING, BrokenRecordError, Plan, SourceEntry, at
from catalog.importers.handler import Handler
from catalog.importers.matching import DATE, readable
from catalog.importers.models_dev.related import EMBEDDING, FAMILY, MODALITIES, OUTPUT, ROWS, by_slug, families
from catalog.models import AIModel, Alias, Evidence, ImportedRecord, LifecycleEvent, ModelVendor, Provider, Vendor
from catalog.models.imports import RecordKind
from catalog.rules.choices import AliasKind, ImportFeed, ModelKind
from catalog.rules.facts import SHARED_FACTS, FactKind
from catalog.rules.status import EventKind
from ops.http.slugs import slug_for

LATEST = " (latest)"  # follows the name of a model whose dated snapshots have records of their own
EMBEDS = re.compile(r"embed|\bbge\b", re.IGNORECASE)
KIND_NOTE = "Derived from the name, output, tool calls and reasoning that it gives."
GENERATORS = {
    "image": ModelKind.IMAGE,
    "video": ModelKind.VIDEO,
    "audio": ModelKind.AUDIO,
    EMBEDDING: ModelKind.ENCODER,
}

# Columns that models and offerings share in the feed.
COLUMN_OF = {FactKind.COUNT: tokens, FactKind.DATE: day, FactKind.YES_NO: flag}
SHARED = [COLUMN_OF[fact.kind](fact.feed_path, fact.name) for fact in SHARED_FACTS if fact.is_value]


class ProviderHandler(Handler):
    kind, model, feed = RecordKind.PROVIDER, Provider, ImportFeed.MODELS_DEV
    columns = [text("name", "name"), text("api", "api_base", 300), text("doc", "docs_url")]

    def find(self, entries: list[SourceEntry]) -> dict[str, Provider]:
        slugs = {slug_for(entry.key, "provider"): entry.key for entry in entries}
        return {slugs[record.slug]: record for record in Provider.objects.filter(slug__in=slugs)}

    def check(self, entry: SourceEntry) -> None:
        if not entry.data.get("name"):
            raise BrokenRecordError("name", "it has none.")
        for name in ("api", "doc"):
            address = entry.data.get(name, "https://")
            if not isinstance(address, str) or not address.startswith(("https://", "http://", "${")) or " " in address:
                raise BrokenRecordError(name, f"{address!r} is no address.")

    def data_for(self, plan: Plan) -> dict:
        """Add the known symlinks to a published record, because that shape leaves them out."""
        links = plan.link and plan.link.data.get("symlinks")
        return {**plan.entry.data, "symlinks": links} if plan.entry.is_resolved and links else plan.entry.data

    def create(self, plans: list[Plan]) -> None:
        taken = set()
        for plan in plans:
            plan.record = Provider(**self.new_values(plan), slug=slug_for(plan.entry.key, "provider", taken))
            plan.is_made = True
            taken.add(plan.record.slug)
        Provider.objects.bulk_create(plan.record for plan in plans)
        Evidence.objects.bulk_create(self.evidence(provider=plan.record) for plan in plans)


class NameColumn(Column):
    def is_same(self, record: AIModel, theirs: Any) -> bool:
        return super().is_same(record, theirs) or record.name == theirs.removesuffix(LATEST)


class ModelHandler(Handler):
    kind, model, feed = RecordKind.MODEL, AIModel, ImportFeed.MODELS_DEV
    columns = [
        NameColumn("name", "name", text_of, default=""),
        *SHARED,
        openness("open_weights", "openness"),
        text("license", "licence"),
        FAMILY,
        *MODALITIES,
        *ROWS,
    ]
    is_cited_by_fact = True

    def __init__(self, *args, models: dict | None = None, labs: dict[str, str] | None = None, made_with=None, **kwargs):
        """`models` maps the keys of the feed's models, also those on record, to their data; `labs` labs to names. New
        records are `made_with` these values."""
        super().__init__(*args, **kwargs)
        self.made_with = made_with or {}
        self.labs, self.slugs = labs or {}, {slug_of(key) for key in models or {} if id_of(key)}
        self.snapshots = snapshots(models or {})

    def records(self) -> QuerySet[Any]:
        related = [column.prefetch() for column in (*MODALITIES, *ROWS)]
        return super().records().select_related("family").prefetch_related(*related)

    def find(self, entries: list[SourceEntry]) -> dict[str, AIModel]:
        """Match by slug, or else by an alias that is not a slug of the feed. Linked records are excluded.

        A model and its snapshot are one record, unless each has its own already.
        """
        wanted, linked = {entry.key for entry in entries}, ImportedRecord.objects.filter(feed=self.feed, kind=self.kind)
        free = self.records().exclude(pk__in=linked.values("record_id"))
        slugs = {slug_of(key): key for key in wanted}
        record_by_key = {slugs[record.slug]: record for record in free.filter(slug__in=slugs)}
        ids = {id_of(entry.key).lower(): entry.key for entry in entries if entry.key not in record_by_key}
        others = Alias.objects.filter(model__in=free.exclude(slug__in=self.slugs)).values_list("text", "model_id")
        by_alias = {pk: ids[name.lower()] for name, pk in others if name.lower() in ids}
        record_by_key |= {by_alias[record.pk]: record for record in self.records().filter(pk__in=by_alias)}
        pairs = self.snapshots | {model: key for key, model in self.snapshots.items()}
        links = linked.filter(key__in=pairs).prefetch_related("record")
        taken_by_key: dict[str, Any] = {link.key: link.record for link in links} | record_by_key
        shared = {
            key: taken_by_key[pairs[key]]
            for key in (wanted & pairs.keys()) - record_by_key.keys()
            if taken_by_key.get(pairs[key])
        }
        self.merged.update(shared)
        return record_by_key | shared

    def concerned(self, plan: Plan, models: set[int]) -> set[int]:
        return models & {plan.record.pk} if plan.record else set()

    def check(self, entry: SourceEntry) -> None:
        if not entry.data.get("name"):
            raise BrokenRecordError("name", "it has none.")
        if not lab_of(entry.key) or not id_of(entry.key):
            raise BrokenRecordError("", "its key is not of a lab, a slash and an id.")

    def create(self, plans: list[Plan]) -> None:
        new = {plan.entry.key: plan for plan in plans}
        merged = {plan: new[model] for key, plan in new.items() if (model := self.snapshots.get(key)) in new}
        below = {plan: snapshot.data for snapshot, plan in merged.items()}
        plans = [plan for plan in plans if plan not in merged]
        slugs = [slug_of(plan.entry.key) for plan in plans]
        taken = set(AIModel._base_manager.filter(slug__in=slugs).values_list("slug", flat=True))
        family_by_name = families({plan.data["family"]: plan.data["name"] for plan in plans if "family" in plan.data})
        for plan in plans:
            data, slug = plan.entry.data, slug_of(plan.entry.key)
            if slug in taken:
                slug = slug_for(plan.entry.key.replace("/", "-"), "model", taken)
            taken.add(slug)
            family = family_by_name.get(data.get("family"))
            about = {"slug": slug, "family": family, "kind": kind_of(data), **self.made_with}
            if plan.entry.key in self.snapshots.values():
                about["name"] = data["name"].removesuffix(LATEST)
            plan.record, plan.is_made = AIModel(**self.new_values(plan) | about), True
        AIModel.objects.bulk_create(plan.record for plan in plans)
        self._add_vendors(plans)
        for column in (*MODALITIES, *ROWS):
            values = [(plan.record, at(below.get(plan, {}) | plan.data, column.path)) for plan in plans]
            if column is OUTPUT:
                values = [
                    (model, [EMBEDDING] if model.kind == ModelKind.ENCODER else outputs) for model, outputs in values
                ]
            column.create(values)
        self._add_releases(plan.record for plan in plans if plan.record.released_on)
        fresh = {record.pk: record for record in self.records().filter(pk__in=[plan.record.pk for plan in plans])}
        for plan in [*plans, *merged]:
            plan.record = fresh[merged.get(plan, plan).record.pk]
        self.merged.update(snapshot.entry.key for snapshot in merged)
        self._add_aliases([*plans, *merged])
        self._cite_new(plans)

    def link(self, plans: list[Plan]) -> None:
        merged = [plan for plan in plans if plan.link is None and plan.entry.key in self.merged]
        with logging_changes({AIModel: [plan.record.pk for plan in merged]}, **self.logged_as):
            self._add_aliases(merged)
        super().link(plans)

    def _add_vendors(self, plans):
        labs = {lab_of(plan.entry.key) for plan in plans} - {""}
        vendors = by_slug(Vendor, {lab: self.labs.get(lab, readable(lab)) for lab in labs})
        made_by = ((plan.record, vendors.get(lab_of(plan.entry.key))) for plan in plans)
        ModelVendor.objects.bulk_create(ModelVendor(content_object=record, tag=lab) for record, lab in made_by if lab)

    def _add_aliases(self, plans):
        """Add the ids from the lab's own API as aliases, unless another model has that name."""
        ids = {name: plan.record for plan in plans for name in [id_of(plan.entry.key), *plan.data.get("own_ids", ())]}
        taken = {name.lower() for name in Alias.objects.values_list("text", flat=True)}
        Alias.objects.bulk_create(
            Alias(model=record, text=name, kind=AliasKind.API_ID)
            for name, record in ids.items()
            if name.lower() not in taken and name.lower() != record.name.lower()
        )

    def _cite_new(self, plans):
        rows = []
        for plan in plans:
            filled = {column.name for column in self.columns if column.ours(plan.record) is not MISSING}
            vendors = {"vendors"} if lab_of(plan.entry.key) else set()
            notes = {"kind": KIND_NOTE} if plan.record.kind else {}
            if plan.record.kind == ModelKind.ENCODER:
                notes[OUTPUT.name] = "The source says “text”, since it has no word for embeddings."
            cited = sorted(filled - {"name"} | vendors | notes.keys())
            rows += [self.evidence(fact, model=plan.record, note=notes.get(fact, "")) for fact in cited]
        Evidence.objects.bulk_create(rows)

    def after_update(self, plan: Plan) -> None:
        if any(change.path == "release_date" for change in plan.changes):
            self._move_release(plan.record)
        plan.record = self.records().get(pk=plan.record.pk)

    def _add_releases(self, records):
        """Add a release event for the release date, from which the status of a model is derived."""
        events = [LifecycleEvent(model=record, kind=EventKind.RELEASED, date=record.released_on) for record in records]
        LifecycleEvent.objects.bulk_create(events)
        Evidence.objects.bulk_create(self.evidence(event=event) for event in events)

    def _move_release(self, record):
        """Update the release event that came from the feed; create one only if the model has none at all."""
        ours = LifecycleEvent.objects.filter(model=record, kind=EventKind.RELEASED)
        event = ours.filter(evidence__source=self.source).first()
        if event is not None and record.released_on:
            event.date = record.released_on
            event.save(update_fields=["date"])
        elif event is not None:
            event.delete()
        elif record.released_on and not ours.exists():
            self._add_releases([record])


def snapshots(models: dict[str, dict]) -> dict[str, str]:
    """Return the keys of dated snapshots with that of their model: "claude-opus-4-5-20251101" with "claude-opus-4-5".

    They have one name and one set of limits. A key such as "mistral-large-latest" means another model later, and
    "gpt-4o-2024-05-13" has a name of its own.
    """
    about = {key: (str(data.get("name")).removesuffix(LATEST), data.get("limit")) for key, data in models.items()}
    undated = [(key, DATE.sub(ending, key)) for key in models if DATE.search(key) for ending in ("", "-0")]
    return {key: model for key, model in undated if about.get(model) == about[key]}


def lab_of(key: str) -> str:
    return key.partition("/")[0]


def id_of(key: str) -> str:
    return key.partition("/")[2]


def slug_of(key: str) -> str:
    return slug_for(id_of(key), "model")


def kind_of(data) -> str:
    """Return the kind if name and outputs leave no doubt, else "". A model of text that reasons or calls tools
    is a language model. The feed gives text as the output of an embedding model too.
    """
    outputs = OUTPUT.value_of(at(data, OUTPUT.path))
    if len(outputs) == 1 and outputs[0] in GENERATORS:
        return GENERATORS[outputs[0]]
    if outputs == ["text"] and EMBEDS.search(data["name"]):
        return ModelKind.ENCODER
    is_language = "text" in outputs and True in (data.get("tool_call"), data.get("reasoning"))
    return ModelKind.LANGUAGE if is_language else ""
