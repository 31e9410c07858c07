"""Merge two questions that ask the same."""

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils import timezone

from faq.models import Question
from publishing.content.publishable import Publishable, State
from publishing.content.redirect import Redirect
from publishing.content.registry import publishable_models
from publishing.content.retarget_links import retarget_texts
from publishing.content.revised import Revised
from publishing.revisions.models import Act, Revision
from publishing.revisions.snapshot import read, relations_of, row_fields
from publishing.workflow.actions import ActionRequest, draft_of, perform_action


class CannotMergeQuestionsError(Exception):
    """The message gives the reason in a sentence for editors."""


def why_not(into: Question, other: Question) -> str:
    """Return in a sentence why `other` cannot be merged into `into`; "" if it can."""
    if into.pk == other.pk:
        return "A question cannot be merged with itself."
    for question in (into, other):
        if question.deleted_at:
            return f"“{question}” is in the trash."
    if other.first_published_at and into.state != State.PUBLISHED:
        return f"Readers know “{other}”, but not “{into}”: publish that first, or merge the other way round."
    for question in (into, other):
        if draft_of(question) or Revision.objects.of(question).waiting().exists():
            return f"Of “{question}” something is written that waits to be published: publish it or take it back first."
    return ""


def merge(into_pk: int, other_pk: int, user) -> Question:
    """Merge one question into another, move it to the trash, and return the one that remains.

    The question and its other wordings become other wordings of the remaining one: search finds it by them, and their
    URLs redirect to it. Texts that link to it or show it are updated. Raises CannotMergeQuestionsError and then
    changes no data.
    """
    try:
        with transaction.atomic():
            rows = Question.objects.select_for_update(of=("self",)).filter(pk__in=[into_pk, other_pk]).order_by("pk")
            found = {question.pk: question for question in rows}
            if found.keys() != {into_pk, other_pk}:
                raise CannotMergeQuestionsError("One of these questions is not there any more.")
            into, other = found[into_pk], found[other_pk]
            if problem := why_not(into, other):
                raise CannotMergeQuestionsError(problem)
            return _merge(into, other, user)
    except IntegrityError as error:
        raise CannotMergeQuestionsError(
            "Somebody else was changing the same questions at that moment. Try again."
        ) from error


def _merge(into: Question, other: Question, user) -> Question:
    wordings = _wordings_of(other, into)
    retarget_texts(other, into)
    _move_placements(other, into)
    other.other_wordings.all().delete()
    Question.objects.filter(pk=other.pk).update(deleted_at=timezone.now())
    kind = ContentType.objects.get_for_model(Question)
    Redirect.objects.filter(target_type=kind, target_id=other.pk).update(target_id=into.pk)
    into.refresh_from_db()  # its own text may have linked to the other
    content = read(into)
    content["rows"]["other_wordings"] += wordings
    act = Act.PUBLISH if into.state == State.PUBLISHED else Act.SAVE
    reason = "Merged with a question that asks the same."
    action = ActionRequest(act, content, author=user, note=f"Merged: {other}"[:200], reason=reason)
    return perform_action(into, action).record


def _wordings_of(other: Question, into: Question) -> list[dict]:
    """Return the wordings of `other` with their slugs, except for those that `into` has already."""
    known = {words.casefold() for words in [into.question, *into.other_wordings.values_list("wording", flat=True)]}
    rows = [{"id": None, "wording": other.question, "slug": other.slug}]
    rows += [{"id": None, "wording": row.wording, "slug": row.slug} for row in other.other_wordings.order_by("pk")]
    found = []
    for row in rows:
        # The slug of an equal wording still redirects.
        if row["wording"].casefold() in known:
            Redirect.objects.redirect(Question.address_of(row["slug"]), to=into)
        elif row["wording"].strip():
            known.add(row["wording"].casefold())
            found.append(row)
    return found


def _move_placements(other: Question, into: Question):
    """Replace `other` by `into` where it is placed, also in drafts; duplicate rows are deleted."""
    for relation in Question._meta.related_objects:
        model, key = relation.related_model, relation.field
        is_between_records = any(
            field.is_relation and field is not key and _is_page(field.related_model)
            for field in model._meta.concrete_fields
        )
        if not is_between_records or relation.many_to_many:
            continue
        for row in model._base_manager.filter(**{key.name: other}):
            try:
                with transaction.atomic():
                    setattr(row, key.name, into)
                    row.save(update_fields=[key.name])
            except IntegrityError:  # it shows both
                row.delete()
    _move_in_drafts(other.pk, into.pk)


def _move_in_drafts(other_pk: int, into_pk: int):
    for model in publishable_models():
        names = _placing_rows(model)
        if not names:
            continue
        kind = ContentType.objects.get_for_model(model)
        drafts = Revision.objects.filter(record_type=kind, applied_at=None).select_for_update(of=("self",))
        for draft in drafts.order_by("pk"):
            if _replace(draft.content.get("rows", {}), names, other_pk, into_pk):
                draft.save(update_fields=["content"])


def _placing_rows(model) -> dict[str, str]:
    """Return the names of draft rows of `model` that refer to a question, with the field that does."""
    if not issubclass(model, Revised):
        return {}
    return {
        relation.get_accessor_name(): field.name
        for relation in relations_of(model)
        for field in row_fields(relation)
        if field.related_model is Question
    }


def _replace(rows: dict, names: dict[str, str], other_pk: int, into_pk: int) -> bool:
    is_changed = False
    for name, field in names.items():
        placed = rows.get(name, [])
        if any(row.get(field) == other_pk for row in placed):
            has_both = any(row.get(field) == into_pk for row in placed)
            kept = [row for row in placed if not (has_both and row.get(field) == other_pk)]
            rows[name] = [row | {field: into_pk} if row.get(field) == other_pk else row for row in kept]
            is_changed = True
    return is_changed


def _is_page(model) -> bool:
    return model is not None and isinstance(model, type) and issubclass(model, Publishable)
