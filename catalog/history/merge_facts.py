"""Facts on which duplicates differ: the record that is kept has the last word, and its unknown values are filled in."""

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


def differing_facts(into, others) -> dict[models.Field, models.Model]:
    """Return the columns on which the records differ, each with the first record that has a value; `into` first."""
    records, found = [into, *others], {}
    for column in into._meta.concrete_fields:
        said = [_value(record, column, records) for record in records]
        if column.name not in OWN and len({repr(value) for value in said}) > 1:
            found[column] = next(record for record, value in zip(records, said, strict=True) if value not in EMPTY)
    return found


def _value(record, column, records):
    value = getattr(record, column.attname)
    is_one_of_them = column.is_relation and column.related_model is type(record)
    return None if is_one_of_them and value in {other.pk for other in records} else value


def conflicts(into, others) -> list[tuple[str, str, list[str]]]:
    """Return the facts of which values are lost, in words: the label, the value that is kept, the values that go."""
    found = []
    for column, kept in differing_facts(into, others).items():
        words = _words(kept, column)
        lost = [_words(other, column) for other in others if getattr(other, column.attname) not in EMPTY]
        if lost := [other for other in dict.fromkeys(lost) if other != words]:
            found.append((capfirst(column.verbose_name), words, lost))
    return found


def _words(record, column) -> str:
    value = getattr(record, column.attname)
    if isinstance(column, RichTextField):
        return Truncator(plain_text(value)).chars(LONGEST)
    if column.is_relation:
        return str(getattr(record, column.name))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(getattr(record, f"get_{column.name}_display")() if column.choices else value)


def drop_evidence_of_others(facts: dict, records: list, subject: str) -> None:
    """Delete the evidence for values that are not kept."""
    for column, kept in facts.items():
        value = repr(getattr(kept, column.attname))
        wrong = [record.pk for record in records if repr(getattr(record, column.attname)) != value]
        Evidence.objects.filter(**{f"{subject}__in": wrong}, fact=column.name).delete()


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
