"""Facts on which duplicates differ, and the choice of one value for each."""

from dataclasses import dataclass

from django.db import models
from django.utils.text import Truncator, capfirst

from catalog.history.ownership import histories
from catalog.models import Evidence, ImportedRecord, ImportRun
from publishing.richtext import RichTextField
from publishing.richtext.reading import plain_text

# Fields that belong to one record and are not compared.
OWN = {"id", "public_id", "slug", "state", "first_published_at", "last_changed_at", "deleted_at"}
EMPTY = (None, "")
LONGEST = 200


@dataclass(frozen=True)
class FactOption:
    """The value that one of the records gives for a fact."""

    record: models.Model
    value: object
    words: str


@dataclass(frozen=True)
class Differing:
    """A fact on which the records differ. `default` is the primary key of the record whose value is preselected."""

    name: str
    label: str
    choices: list[FactOption]
    default: int

    @property
    def input_name(self) -> str:
        return f"fact-{self.name}"


def differing_facts(into, others) -> list[Differing]:
    """Return the facts on which the records differ. The default is the first record that has a value; `into` first."""
    records, found = [into, *others], []
    for column in into._meta.concrete_fields:
        if column.name in OWN:
            continue
        said = {record.pk: _value(record, column, records) for record in records}
        if len({repr(value) for value in said.values()}) == 1:
            continue
        default = next(record.pk for record in records if said[record.pk] not in EMPTY)
        choices = [FactOption(record, said[record.pk], _words(record, column, said[record.pk])) for record in records]
        found.append(Differing(column.name, str(capfirst(column.verbose_name)), choices, default))
    return found


def _value(record, column, records):
    value = getattr(record, column.attname)
    is_one_of_them = column.is_relation and column.related_model is type(record)
    return None if is_one_of_them and value in {other.pk for other in records} else value


def _words(record, column, value) -> str:
    if value in EMPTY:
        return "—"
    if isinstance(column, RichTextField):
        return Truncator(plain_text(value)).chars(LONGEST)
    if column.is_relation:
        return str(getattr(record, column.name))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(getattr(record, f"get_{column.name}_display")() if column.choices else value)


def chosen_values(facts: list[Differing], chosen: dict[str, int]) -> dict[str, FactOption]:
    """Return the chosen value of each fact by name. Raises KeyError if a chosen record is not part of the merge."""
    values = {}
    for fact in facts:
        by_pk = {choice.record.pk: choice for choice in fact.choices}
        values[fact.name] = by_pk[chosen.get(fact.name, fact.default)]
    return values


def keep_evidence_of(facts: list[Differing], values: dict[str, FactOption], subject: str):
    """Delete the evidence for values that were not chosen."""
    for fact in facts:
        kept = values[fact.name]
        wrong = [choice.record.pk for choice in fact.choices if repr(choice.value) != repr(kept.value)]
        Evidence.objects.filter(**{f"{subject}__in": wrong}, fact=fact.name).delete()


def runs_behind(record) -> dict[str, ImportRun]:
    """Return the latest import behind each field of `record`; the key "" is for the record as a whole."""
    history = histories(type(record), [record.pk])[record.pk]
    links = ImportedRecord.objects.filter(record_type__model=record._meta.model_name, record_id=record.pk)
    maker = links.filter(is_created=True).values_list("feed", flat=True).first()
    latest = {}
    for run in ImportRun.objects.filter(state="done").defer("report").order_by("started_at"):
        latest[run.feed] = run
    names = [column.name for column in record._meta.concrete_fields]
    feeds = {name: history.writers.get(name, maker) for name in names if name not in history.held}
    return {name: latest[feed] for name, feed in ({"": maker} | feeds).items() if feed in latest}
