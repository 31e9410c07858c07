"""Saying that what a text claims is still true today, and what is to be looked at by a day."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from publishing.content.permissions import may_publish, may_view
from publishing.quality.claims.models import Claim, revised_models
from publishing.quality.staleness import passages_of
from publishing.revisions.models import Act, Revision
from publishing.revisions.snapshot import read
from publishing.richtext import rich_text_fields
from publishing.workflow.actions import ActionRequest, draft_of, perform_action

READ_AGAIN_AFTER = timedelta(days=180)
MOST_CLAIMS = 1_000  # past their day


@dataclass(frozen=True)
class Overdue:
    """A record of which nobody has said by its day that it is true: since when, and what is to be looked at."""

    record: object
    since: date
    is_text: bool  # the whole text: its own day for reading it again has come
    claims: int
    is_mine: bool


def confirm(user, claims) -> int:
    """Note that `claims` (Claims that stand in what `user` may publish) are true today; return how many these were."""
    today = timezone.localdate()
    claims = [claim for claim in claims if claim.source and may_publish(user, claim.source.search_kind())]
    for claim in claims:
        claim.confirmed_on, claim.confirmed_by = today, user
        claim.review_by = today + timedelta(days=claim.pattern.days)
    with transaction.atomic():
        Claim.objects.bulk_update(claims, ["confirmed_on", "confirmed_by", "review_by"])
        for record, count in Counter(claim.source for claim in claims).items():
            words = ", ".join(str(claim) for claim in claims if claim.source == record)
            said = f"Confirmed {count} dated claims: {words}." if count > 1 else f"Confirmed a dated claim: {words}."
            LogEntry.objects.log_actions(user.pk, [_of_its_kind(record)], CHANGE, said[:500], single_object=True)
    return len(claims)


def _of_its_kind(record):
    """The record as the admin knows it: the log of a service stands with the services."""
    kind = record.search_kind()
    return record if type(record) is kind else kind._base_manager.get(pk=record.pk)


def confirm_record(user, record) -> tuple[int, date | None]:
    """Note that all that a public record claims is true today; return how many claims these were, and the day on which
    it is to be read again, if its day for that had come. That is published at once.

    Raises ValidationError, with nothing noted, where that day cannot be set.
    """
    with transaction.atomic():
        claims = Claim.objects.of(record).standing().select_related("pattern").prefetch_related("source")
        count = confirm(user, claims)
        return count, _read_again(user, record) if is_to_be_read(record) else None


def is_to_be_read(record) -> bool:
    review_by = getattr(record, "review_by", None)
    return review_by is not None and review_by <= timezone.localdate()


def _read_again(user, record) -> date:
    if draft_of(record) or Revision.objects.of(record).waiting().exists():
        raise ValidationError(
            "Something was written that waits to be published: set “review by” there, and publish it."
        )
    if passages_of(record):
        raise ValidationError("The catalogue says otherwise by now: look at that first.")
    content = read(record)
    day = timezone.localdate() + READ_AGAIN_AFTER
    content["fields"]["review_by"] = day.isoformat()
    perform_action(record, ActionRequest(Act.PUBLISH, content, author=user, note="Read again: still true"))
    return day


def overdue_for(user, to_read: dict) -> list[Overdue]:
    """The public records past a day of which `user` is the owner, or which she may publish: her own first, then the
    longest overdue. `to_read` has the keys of texts past their own day, by kind. One query, and one for each kind."""
    past = Claim.objects.overdue().filter(pattern__is_active=True).order_by("review_by", "pk")
    claims = defaultdict(lambda: defaultdict(list))
    for kind, pk, review_by, owner in past.values_list("source_type", "source_id", "review_by", "owner")[:MOST_CLAIMS]:
        claims[kind][pk].append((review_by, owner))
    found = []
    for model in revised_models():
        by_record = claims[ContentType.objects.get_for_model(model).pk]
        if pks := {*by_record, *to_read.get(model, [])}:
            records = model.objects.published().filter(pk__in=pks).defer(*rich_text_fields(model))
            found += [_overdue(user, record, by_record.get(record.pk, [])) for record in records]
    seen = [line for line in found if _concerns(user, line)]
    return sorted(seen, key=lambda line: (not line.is_mine, line.since, str(line.record)))


def _overdue(user, record, claims: list[tuple[date, int | None]]) -> Overdue:
    """`claims` are the day and the owner of each, the longest overdue first."""
    is_text = is_to_be_read(record)
    days = [day for day, _ in claims[:1]] + ([record.review_by] if is_text else [])
    is_mine = user.pk in {getattr(record, "owner_id", None), *(owner for _, owner in claims)}
    return Overdue(record, min(days), is_text, len(claims), is_mine)


def _concerns(user, line: Overdue) -> bool:
    kind = line.record.search_kind()
    return may_view(user, kind) and (line.is_mine or may_publish(user, kind))
