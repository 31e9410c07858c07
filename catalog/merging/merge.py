"""Making one record of several that are the same thing."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, transaction

from catalog.changes import RECORDS, noting, tag_fields
from catalog.merging.facts import Choice, Differing, chosen_values, differing_facts, keep_evidence_of, runs_behind
from catalog.merging.rows import find_moves, keys_to, move_rows
from catalog.models import AIModel, Alias, MergedRecord, Provider
from publishing.impact import rehearsed
from publishing.models import Redirect
from publishing.richtext.retargeting import retarget_texts, texts_naming
from publishing.staleness import Impact, Passage

MOST = 10
AT_ONCE = "Somebody else was changing the same records at that moment. Try again."


class CannotMergeError(Exception):
    """The message says why, in a sentence for editors."""


@dataclass(frozen=True)
class Preview:
    """What merging would do, before anybody has chosen: counts by table, texts, and where the records differ."""

    facts: list[Differing]
    moves: list[tuple[str, int, int]]  # words, how many move, how many are there already
    texts: list
    names: list[str]


def preview(into, others) -> Preview:
    moves, texts = defaultdict(lambda: [0, 0]), []
    for other in others:
        for move in find_moves(other, into):
            moves[move.name][0] += len(move.free)
            moves[move.name][1] += len(move.twins)
        texts += [row for rows in texts_naming(other).values() for row in rows]
    counts = [(name, *numbers) for name, numbers in moves.items() if any(numbers)]
    names = [other.name for other in others if other.name.lower() != into.name.lower()]
    return Preview(differing_facts(into, others), counts, texts, names if isinstance(into, AIModel) else [])


def merge(model, into_pk: int, other_pks, user, chosen: dict[str, int] | None = None):
    """Let one record stand for the others, which go; return it. Raises CannotMergeError, and nothing has changed then.

    `chosen` names for each fact the record that is believed, by its key; else the one that stays is, where it says
    anything.
    """
    try:
        with transaction.atomic():
            into, others = lock(model, into_pk, other_pks)
            return _Merge(into, others, user).run(chosen or {})
    except IntegrityError as error:
        raise CannotMergeError(f"The database refuses it: {error}") from error
    except OperationalError as error:  # two waited for each other, or one too long
        raise CannotMergeError(AT_ONCE) from error


def impact_of(model, into_pk: int, other_pks, user, chosen: dict[str, int]) -> list[Passage]:
    """Return the sentences of texts on which `merge` would bear. Raises CannotMergeError as that does."""
    moved = dict.fromkeys(other_pks, into_pk) if model is AIModel else {}
    try:
        return rehearsed(lambda: Impact(AIModel), lambda: merge(model, into_pk, other_pks, user, chosen), moved)
    except OperationalError as error:
        raise CannotMergeError(AT_ONCE) from error


def lock(model, into_pk: int, other_pks) -> tuple:
    """Fetch the records, which nobody else merges meanwhile. Raises CannotMergeError."""
    wanted = [into_pk, *dict.fromkeys(other_pks)]
    if into_pk in wanted[1:]:
        raise CannotMergeError("A record cannot be merged with itself.")
    if not 1 < len(wanted) <= MOST:
        raise CannotMergeError(f"Choose at least two records, and at most {MOST}.")
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    found = {record.pk: record for record in rows}
    for pk in wanted:
        if pk not in found:
            raise CannotMergeError(_why_absent(model, pk))
    if found[into_pk].deleted_at:
        raise CannotMergeError(f"“{found[into_pk]}” is in the trash: bring it back before it stands for others.")
    return found[into_pk], [found[pk] for pk in wanted[1:]]


def _why_absent(model, pk: int) -> str:
    merged = MergedRecord.objects.of(model).filter(record_id=pk).first()
    if merged is None:
        return "One of these records is not there any more."
    return f"“{merged.name}” was merged into “{merged.into}” already."


class _Merge:
    def __init__(self, into, others, user):
        self.into, self.others, self.user = into, others, user
        self.model = type(into)
        self.names = {record.name for record in (into, *others)}

    def run(self, chosen):
        facts = differing_facts(self.into, self.others)
        try:
            values = chosen_values(facts, chosen)
        except KeyError as error:
            raise CannotMergeError("A fact was chosen from a record that is not merged here.") from error
        if self.model in (AIModel, Provider):
            keep_evidence_of(facts, values, "model" if self.model is AIModel else "provider")
        runs = {other.pk: runs_behind(other) for other in self.others}
        # Facts of an import stay an import's, so that it goes on keeping them.
        run = next((behind[""] for behind in runs.values() if "" in behind), None)
        moments = [record.first_published_at for record in (self.into, *self.others) if record.first_published_at]
        with noting(self._touched(), user=self.user), self._noting(run):
            for other in self.others:
                self._replace(other)
        self._write(values, runs, first_published_at=min(moments, default=None))
        self._add_names()
        return self.into

    def _replace(self, other):
        """Let everything that leads to `other` lead here, and take it away."""
        retarget_texts(other, self.into)
        move_rows(other, self.into)
        MergedRecord.objects.create(
            record_type=ContentType.objects.get_for_model(self.model),
            record_id=other.pk,
            public_id=getattr(other, "public_id", None),
            name=other.name,
            slug=other.slug,
            into_id=self.into.pk,
            by=self.user,
        )
        address, was_public = other.get_absolute_url(), other.first_published_at
        # Fetched anew, since what belonged to it does so no more.
        self.model._base_manager.get(pk=other.pk).delete()
        if was_public:
            Redirect.objects.lead(address, to=self.into)

    def _noting(self, run=None):
        return noting({self.model: [self.into.pk]}, user=self.user, run=run)

    def _touched(self) -> dict[type, set]:
        """All records that the merge may change, but for the one that stays."""
        pks = [record.pk for record in (self.into, *self.others)]
        touched = defaultdict(set)
        touched[self.model].update(pks)
        for key in keys_to(self.model):
            rows = key.model._base_manager.filter(**{f"{key.name}__in": pks})
            if key.model in RECORDS:
                touched[key.model].update(rows.values_list("pk", flat=True))
            for model, parts in RECORDS.items():
                if owner := parts.get(key.model):
                    touched[model].update(rows.values_list(owner, flat=True))
                if any(getattr(model, name).through is key.model for name in tag_fields(model)):
                    touched[model].update(rows.values_list("content_object", flat=True))
        touched[self.model].discard(self.into.pk)
        return {model: found - {None} for model, found in touched.items()}

    def _write(self, values: dict[str, Choice], runs, **own):
        changed = {
            name: choice
            for name, choice in values.items()
            if repr(getattr(self.into, self.model._meta.get_field(name).attname)) != repr(choice.value)
        }
        by_run = defaultdict(dict)
        for name, choice in changed.items():
            by_run[runs.get(choice.record.pk, {}).get(name)][self.model._meta.get_field(name).attname] = choice.value
        row = self.model.objects.filter(pk=self.into.pk)
        row.update(**own)
        for run, columns in by_run.items():
            with self._noting(run):
                row.update(**columns)
        self.into.refresh_from_db()

    def _add_names(self):
        """The names that went are sought still."""
        if self.model is not AIModel:
            return
        with self._noting():
            for name in sorted(self.names):
                if name.lower() != self.into.name.lower() and not Alias.objects.filter(text__iexact=name).exists():
                    Alias.objects.create(model=self.into, text=name)
