"""Confirm dated claims and texts, and list those that are overdue for review."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from publishing.content.permissions import AnyUser, may_publish, may_view
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable
from publishing.quality.claims.finding import PATTERNS
from publishing.quality.claims.models import Claim, revised_models
from publishing.quality.staleness import passages_of
from publishing.revisions.models import Action, Revision
from publishing.revisions.snapshot import read
from publishing.richtext import rich_text_fields
from publishing.workflow.actions import ActionRequest, draft_of, perform_action

READ_AGAIN_AFTER = timedelta(days=180)
MOST_CLAIMS = 1_000  # overdue


@dataclass(frozen=True)
class Overdue:
    """A public record that was not confirmed in time: since when, and what is due."""

    record: Publishable
    since: date
    is_text: bool  # the review date of the text itself has passed
    claims: int
    is_mine: bool


def confirm(user: User, claims: Iterable[Claim]) -> int:
    """Record that `claims` are true today, skipping those that `user` may not publish; return how many were."""
    today = timezone.localdate()
    claims = [claim for claim in claims if claim.source and may_publish(user, claim.source.search_kind())]
    for claim in claims:
        claim.confirmed_on, claim.confirmed_by = today, user
        claim.review_by = today + timedelta(days=PATTERNS[claim.pattern].days)
    with transaction.atomic():
        Claim.objects.bulk_update(claims, ["confirmed_on", "confirmed_by", "review_by"])
        for record, count in Counter(cast(Publishable, claim.source) for claim in claims).items():
            claims_in_words = ", ".join(str(claim) for claim in claims if claim.source == record)
            message = (
                f"Confirmed {count} dated claims: {claims_in_words}."
                if count > 1
                else f"Confirmed a dated claim: {claims_in_words}."
            )
            kind = record.search_kind()  # the proxy model that its admin uses, where the log entry is to appear
            logged_record = record if type(record) is kind else kind._base_manager.get(pk=record.pk)
            LogEntry.objects.log_actions(user.pk, [logged_record], CHANGE, message[:500], single_object=True)
    return len(claims)


def confirm_record(user: User, record: Publishable) -> tuple[int, date | None]:
    """Confirm all claims of a public record; return their number, and its new review date or None if it was not due.

    A new date is published at once. Raises ValidationError, without changes, if it cannot be set.
    """
    with transaction.atomic():
        claims = Claim.objects.of(record).standing().prefetch_related("source")
        count = confirm(user, claims)
        return count, _read_again(user, record) if is_to_be_read(record) else None


def is_to_be_read(record: Publishable) -> bool:
    review_by = getattr(record, "review_by", None)
    return review_by is not None and review_by <= timezone.localdate()


def _read_again(user, record) -> date:
    if draft_of(record) or Revision.objects.of(record).waiting().exists():
        raise ValidationError("There are unpublished changes: set “review by” there and publish them.")
    if passages_of(record):
        raise ValidationError("The catalogue has changed: check that first.")
    content = read(record)
    day = timezone.localdate() + READ_AGAIN_AFTER
    content["fields"]["review_by"] = day.isoformat()
    perform_action(record, ActionRequest(Action.PUBLISH, content, author=user, note="Reviewed: still true"))
    return day


def overdue_for(user: AnyUser) -> list[Overdue]:
    """Return overdue public records that `user` owns or may publish: their own first, then the longest overdue.
    One query, plus two per kind."""
    past = Claim.objects.overdue().filter(pattern__in=PATTERNS).order_by("review_by", "pk")
    days = defaultdict(lambda: defaultdict(list))  # by kind and key: the days of its claims, the longest overdue first
    for kind, pk, review_by in past.values_list("source_type", "source_id", "review_by")[:MOST_CLAIMS]:
        days[kind][pk].append(review_by)
    overdue = []
    for model in revised_models():
        by_record = days[ContentType.objects.get_for_model(model).pk]
        records = model.objects.published()
        due = records.filter(review_by__lte=timezone.localdate()) if issubclass(model, Prose) else records.none()
        if pks := {*by_record, *due.values_list("pk", flat=True)[:MOST_CLAIMS]}:
            records = records.filter(pk__in=pks).defer(*rich_text_fields(model))
            overdue += [_overdue(user, record, by_record.get(record.pk, [])) for record in records]
    allowed = [line for line in overdue if may_view(user, line.record.search_kind())]
    seen = [line for line in allowed if line.is_mine or may_publish(user, line.record.search_kind())]
    return sorted(seen, key=lambda line: (not line.is_mine, line.since, str(line.record)))


def _overdue(user, record, days: list[date]) -> Overdue:
    is_text = is_to_be_read(record)
    since: date = min([*days[:1], *([record.review_by] if is_text else [])])
    return Overdue(record, since, is_text, len(days), getattr(record, "owner_id", None) == user.pk)
