"""Import of models from models.dev."""

from django.db.models import Prefetch

from catalog.importers.columns import day, flag, list_of_names, openness, text, tokens
from catalog.importers.entries import MISSING, BrokenRecordError, at
from catalog.importers.handler import BATCH, Handler
from catalog.importers.models_dev import tags
from catalog.importers.models_dev.parts import MODEL_PARTS
from catalog.models import (
    AIModel,
    Alias,
    Evidence,
    ImportedRecord,
    LifecycleEvent,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    RecordKind,
    Vendor,
)
from catalog.rules.choices import AliasKind, Confidence, ImportFeed, ModelKind
from catalog.rules.facts import SHARED_FACTS, FactKind
from catalog.rules.status import EventKind
from ops.http.slugs import slug_for

TAGS = {
    "modalities.input": ("input_modalities", "input_links", ModelInputModality),
    "modalities.output": ("output_modalities", "output_links", ModelOutputModality),
}
GENERATORS = {"image": ModelKind.IMAGE, "video": ModelKind.VIDEO, "audio": ModelKind.AUDIO}

# Columns that models and offerings share in the feed.
COLUMN_OF = {FactKind.COUNT: tokens, FactKind.DATE: day, FactKind.YES_NO: flag}
SHARED = [COLUMN_OF[fact.kind](fact.feed_path, fact.name) for fact in SHARED_FACTS if fact.is_value]


class ModelHandler(Handler):
    kind, model, feed, subject = RecordKind.MODEL, AIModel, ImportFeed.MODELS_DEV, "model"
    columns = [text("name", "name"), *SHARED, openness("open_weights", "openness"), text("license", "licence")]
    others = {
        "family": "family",
        **{path: name for path, (name, _, _) in TAGS.items()},
        **dict(zip(MODEL_PARTS, MODEL_PARTS, strict=True)),
    }

    def __init__(self, *args, slugs=frozenset(), labs=None, **kwargs):
        """`slugs` are those of all models in the feed; `labs` maps a lab's key to its name, if the feed has it."""
        super().__init__(*args, **kwargs)
        self.slugs, self.labs = slugs, labs or {}

    def records(self):
        links = [
            Prefetch(name, through.objects.select_related("tag").order_by("pk")) for _, name, through in TAGS.values()
        ]
        parts = [part.prefetch() for part in MODEL_PARTS.values()]
        return super().records().select_related("family").prefetch_related(*links, *parts)

    def find(self, entries):
        """Match by slug, or else by an alias that is not a slug of the feed. Linked records are excluded."""
        linked = ImportedRecord.objects.filter(feed=self.feed, kind=self.kind).values("record_id")
        free = self.records().exclude(pk__in=linked)
        slugs = {slug_of(entry.key): entry.key for entry in entries}
        found = {slugs[record.slug]: record for record in free.filter(slug__in=slugs)}
        ids = {id_of(entry.key).lower(): entry.key for entry in entries if entry.key not in found}
        others = Alias.objects.filter(model__in=free.exclude(slug__in=self.slugs)).values_list("text", "model_id")
        by_alias = {name.lower(): pk for name, pk in others if name.lower() in ids}
        records = {record.pk: record for record in self.records().filter(pk__in=by_alias.values())}
        for name, pk in by_alias.items():
            if pk in records:
                found[ids[name]] = records.pop(pk)
        return found

    def concerns(self, plan, models):
        return plan.record is not None and plan.record.pk in models

    def check(self, entry):
        if not entry.data.get("name"):
            raise BrokenRecordError("name", "it has none.")
        if not lab_of(entry.key) or not id_of(entry.key):
            raise BrokenRecordError("", "its key is not of a lab, a slash and an id.")
        for path in TAGS:
            list_of_names(path, _list(entry.data, path))
        if text("family", "family").value_of(at(entry.data, "family")) == "" and "family" in entry.data:
            raise BrokenRecordError("family", "it is empty.")
        for path, part in MODEL_PARTS.items():
            part.read(path, at(entry.data, path))

    def written(self, record, path):
        if path == "family":
            return record.family.slug if record.family else MISSING
        if path in TAGS:
            return [tag.code or tag.slug for tag in self._named(record, path)] or MISSING
        return MODEL_PARTS[path].written(record) if path in MODEL_PARTS else super().written(record, path)

    def _named(self, record, path) -> list:
        """Return the related records of a model at a path whose values are names."""
        if path == "family":
            return [record.family] if record.family else []
        return [link.tag for link in getattr(record, TAGS[path][1]).all()]

    def is_same(self, record, path, theirs):
        if path in MODEL_PARTS:
            return MODEL_PARTS[path].is_same(record, path, theirs)
        if path not in ("family", *TAGS):
            return super().is_same(record, path, theirs)
        # The order of modalities has no meaning. Only names that differ from ours are looked up.
        names = _names(theirs)
        if names == _names(self.written(record, path)):
            return True
        found = (tags.families if path == "family" else tags.modalities)(names, makes=False)
        return found.keys() == names and {*found.values()} == {*self._named(record, path)}

    def is_held(self, record, path):
        part = MODEL_PARTS.get(path)
        return self.histories[record.pk].holds_part(part.table) if part else super().is_held(record, path)

    # Writing -------------------------------------------------------------------------------------

    def create(self, plans):
        taken = set(
            AIModel._base_manager.filter(slug__in=[slug_of(plan.entry.key) for plan in plans]).values_list(
                "slug", flat=True
            )
        )
        families = tags.families({plan.entry.data["family"] for plan in plans if "family" in plan.entry.data})
        for plan in plans:
            data = plan.entry.data
            slug = slug_of(plan.entry.key)
            if slug in taken:
                slug = slug_for(plan.entry.key.replace("/", "-"), "model", taken)
            taken.add(slug)
            family, kind = families.get(data.get("family")), kind_of(data)
            plan.record = AIModel(**self.new_values(plan), slug=slug, family=family, kind=kind)
            plan.is_made = True
        AIModel.objects.bulk_create(plan.record for plan in plans)
        self._tag(plans)
        for path, part in MODEL_PARTS.items():
            part.create(plans, path)
        self._add_releases(plan.record for plan in plans if plan.record.released_on)
        self._add_aliases(plans)
        self._cite_new(plans)
        fresh = {record.pk: record for record in self.records().filter(pk__in=[plan.record.pk for plan in plans])}
        for plan in plans:
            plan.record = fresh[plan.record.pk]

    def _tag(self, plans):
        labs = {lab_of(plan.entry.key) for plan in plans}
        vendors = tags.by_slug(Vendor, {lab: self.labs.get(lab, lab.capitalize()) for lab in labs})
        ModelVendor.objects.bulk_create(
            ModelVendor(content_object=plan.record, tag=vendors[lab_of(plan.entry.key)]) for plan in plans
        )
        for path, (_, _, through) in TAGS.items():
            named = {plan: list(dict.fromkeys(_list(plan.entry.data, path))) for plan in plans}
            found = tags.modalities({name for names in named.values() for name in names})
            through.objects.bulk_create(
                through(content_object=plan.record, tag=found[name]) for plan, names in named.items() for name in names
            )

    def _add_aliases(self, plans):
        """Add the id from the lab's own API as an alias, unless another model has that name."""
        ids = {id_of(plan.entry.key): plan.record for plan in plans}
        lower = {name.lower() for name in ids}
        taken = {name.lower() for name in Alias.objects.values_list("text", flat=True) if name.lower() in lower}
        Alias.objects.bulk_create(
            Alias(model=record, text=name, kind=AliasKind.API_ID)
            for name, record in ids.items()
            if name.lower() not in taken and name.lower() != record.name.lower()
        )

    def _cite_new(self, plans):
        rows = []
        for plan in plans:
            known = {column.name for column in self.columns if getattr(plan.record, column.name) not in ("", None)}
            known |= {name for path, name in self.others.items() if at(plan.entry.data, path) is not MISSING}
            rows += [self.evidence(plan.record, fact) for fact in sorted(known - {"name"} | {"vendors"})]
        Evidence.objects.bulk_create(rows, batch_size=BATCH)

    def assign(self, plan, path, value):
        if path == "family":
            plan.record.family = tags.families([value])[value] if value is not MISSING else None
            return {"family"}
        if path in TAGS:
            _, links, through = TAGS[path]
            getattr(plan.record, links).all().delete()
            found = tags.modalities(value if value is not MISSING else [])
            through.objects.bulk_create(through(content_object=plan.record, tag=tag) for tag in found.values())
        elif path in MODEL_PARTS:
            MODEL_PARTS[path].replace(plan.record, path, value)
        else:
            return super().assign(plan, path, value)
        return set()

    def after_update(self, plan):
        if any(change.path == "release_date" for change in plan.changes):
            self._move_release(plan.record)
        plan.record = self.records().get(pk=plan.record.pk)

    def _add_releases(self, records):
        """Add a release event for the release date, from which the status of a model is derived."""
        events = [LifecycleEvent(model=record, kind=EventKind.RELEASED, date=record.released_on) for record in records]
        LifecycleEvent.objects.bulk_create(events, batch_size=BATCH)
        about = {"source": self.source, "confidence": Confidence.THIRD_PARTY}
        Evidence.objects.bulk_create([Evidence(event=event, **about) for event in events], batch_size=BATCH)

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

    def is_cited_whole(self, plan):
        return False


def _names(value) -> set[str]:
    return set() if value is MISSING else {value} if isinstance(value, str) else set(value)


def _list(data, path) -> list:
    value = at(data, path)
    return [] if value is MISSING else value


def lab_of(key: str) -> str:
    return key.partition("/")[0]


def id_of(key: str) -> str:
    return key.partition("/")[2]


def slug_of(key: str) -> str:
    return slug_for(id_of(key), "model")


def kind_of(data) -> str:
    """Return the kind if the output modalities leave no doubt, else "". Text with tool calls means a language model."""
    given = _list(data, "modalities.output")
    if len(given) == 1 and given[0] in GENERATORS:
        return GENERATORS[given[0]]
    return ModelKind.LANGUAGE if "text" in given and data.get("tool_call") is True else ""
