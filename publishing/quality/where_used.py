"""Find the records that use a record, by a mention in a text or by a relation: all for editors, texts for readers."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import JSONArray

from publishing.content.permissions import AnyUser, may_view
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.content.snippet import Snippet
from publishing.site.models import SiteSettings

LIMIT = 200
SHOWN_TO_READERS = 60
SENTENCES = 3  # per text


@dataclass(frozen=True)
class Use:
    """A record `source` that uses another one; `how` is the words of the mention or the name of the relation."""

    source: models.Model
    how: str


def where_used(record: Publishable) -> list[Use]:
    """Return the records that use `record` (of any model), mentions first and each once; at most 200 of either kind."""
    return list(dict.fromkeys([*_mentions_of(record), *_relations_to(record)]))


def named_without_link(record: Publishable) -> list[Use]:
    """Return the records whose texts name `record` without a link, each with its first sentences; at most 200 names."""
    rows = Reference.objects.to(type(record), [record.pk]).exclude(status=Reference.Status.LINK).filter(fact="")
    rows = rows.order_by("source_type_id", "source_id", "pk").prefetch_related("source")[:LIMIT]
    texts = defaultdict(dict)
    for row in rows:
        if row.source and row.source != record:
            remark = "" if row.status == Reference.Status.CERTAIN else f" ({row.get_status_display()})"
            texts[row.source][f"“{row.sentence}”{remark}"] = row
    return [
        Use(source, sentence)
        for source, rows_by_sentence in texts.items()
        for sentence in list(rows_by_sentence)[:SENTENCES]
    ]


def seen_by(user: AnyUser, uses: list[Use]) -> tuple[list[Use], int]:
    """Return the uses whose source `user` may see in the admin, and the number of other sources."""
    visible = set()
    for model in {type(use.source) for use in uses}:
        keys = {use.source.pk for use in uses if type(use.source) is model}
        if may_view(user, model):
            rows = model.objects.for_staff(user) if issubclass(model, Publishable) else model._base_manager.all()
            visible |= {(model, pk) for pk in rows.filter(pk__in=keys).values_list("pk", flat=True)}
    visible_uses = [use for use in uses if (type(use.source), use.source.pk) in visible]
    return visible_uses, len({use.source for use in uses}) - len({use.source for use in visible_uses})


def published_texts_about(record: Publishable) -> list[tuple[str, list[Prose]]]:
    """Return the public texts that mention `record` or that an editor related to it.

    Pairs of a heading and its texts, newest first, 60 texts in total. One query.
    """
    kinds = {model._meta.label: model for model in publishable_models() if issubclass(model, Prose)}
    first, *others = (_texts_about(record, model) for model in kinds.values())
    groups = defaultdict(list)
    for label, at, key, values in first.union(*others, all=True).order_by("-at", "-key")[:SHOWN_TO_READERS]:
        text = kinds[label].from_db(None, _columns(kinds[label]), [key, *values])
        if text.get_absolute_url() != "/":
            text.first_published_at = at
            groups[text.place_among_uses()].append(text)
    return [(heading, groups[place, heading]) for place, heading in sorted(groups)]


def _columns(model: type[Prose]) -> list[str]:
    """Return the columns by which pages name texts, in the order of the table."""
    named = {"id", model.title_field, *model.address_fields, *model.stated_fields}
    return [field.attname for field in model._meta.concrete_fields if field.attname in named]


def _texts_about(record: Publishable, model: type[Prose]) -> models.QuerySet:
    target = type(record)
    mentions = Reference.objects.links().to(target, [record.pk])
    mentions = mentions.filter(source_type=ContentType.objects.get_for_model(model))
    is_about = models.Q(pk__in=mentions.values("source_id"))
    for relation in model._meta.many_to_many:
        if relation.related_model is target and target is not model:
            through: Any = relation.remote_field.through
            rows = through._base_manager.filter(**{relation.m2m_reverse_field_name(): record.pk})
            is_about |= models.Q(pk__in=rows.values(relation.m2m_field_name()))
    texts = model.indexed().filter(is_about).order_by()
    if issubclass(target, model):
        texts = texts.exclude(pk=record.pk)
    texts = texts.annotate(label=models.Value(model._meta.label), at=models.F("first_published_at"), key=models.F("pk"))
    return texts.values_list("label", "at", "key", JSONArray(*_columns(model)[1:]))


def _mentions_of(record) -> list[Use]:
    rows = Reference.objects.links().to(type(record), [record.pk])
    # A text that links to the record may also cite many of its facts, as a table does in each row.
    source = {name: models.OuterRef(name) for name in ("source_type", "source_id")}
    beside = rows.filter(**source, fact="")
    rows = rows.filter(models.Q(fact="") | ~models.Exists(beside))
    rows = rows.order_by("source_type_id", "source_id", "pk").prefetch_related("source")[:LIMIT]
    silent = "as a snippet" if isinstance(record, Snippet) else "as an image"
    uses = []
    for row in rows:
        if source := row.source:
            label, place = f"“{row.words}”" if row.words else silent, source.place_of(record)
            uses.append(Use(source, f"{label}, {place}" if place else label))
    return uses


def _relations_to(record) -> list[Use]:
    uses = []
    # Relations declared on an abstract base, with related_name "+", are found from their own side.
    for model in record._meta.apps.get_models():
        for field in () if model._meta.proxy else model._meta.concrete_fields:
            if field.is_relation and field.related_model is record._meta.concrete_model and not field.many_to_many:
                uses += _by_relation(model, field, record)
    return uses


def _by_relation(model, field, record) -> list[Use]:
    owner = _owner_field(model, field)
    if _is_choice_of(record, model, field) or not (owner or issubclass(model, Publishable | SiteSettings)):
        return []
    rows = model._base_manager.filter(**{field.name: record})
    if owner:
        rows = rows.select_related(owner.name)
    how = str(model._meta.verbose_name if owner else field.verbose_name)
    users = [getattr(row, owner.name) if owner else row for row in rows.order_by("pk")[:LIMIT]]
    return [Use(user, how) for user in users if user is not None]


def _is_choice_of(record, model, field) -> bool:
    """Return whether the rows of `model` were chosen in `record` itself, as an article's topics are: those do not use
    it."""
    return any(
        relation.remote_field.through is model and relation.m2m_column_name() == field.column
        for relation in record._meta.many_to_many
    )


def _owner_field(model, field):
    """Return the foreign key to the other record that a row belongs to; one that may be set to null does not own it."""
    if issubclass(model, Publishable):
        return None
    others = [
        other
        for other in model._meta.concrete_fields
        if other.is_relation
        and other is not field
        and other.related_model in publishable_models()
        and other.remote_field.on_delete is not models.SET_NULL
    ]
    return others[0] if others else None
