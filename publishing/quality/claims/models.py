"""Dated claims, each with the date by which it must be reviewed."""

import hashlib
from datetime import date, timedelta
from functools import cache
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from ops.db.queryset import QuerySet
from publishing.content.follow_up import SavedRecords, after_write, before_transaction
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable
from publishing.content.registry import kinds
from publishing.content.revised import Revised
from publishing.quality.claims.finding import PATTERNS, ClaimPattern, claims_in
from publishing.quality.text_sweep import TextSweep
from publishing.richtext import rich_text_fields


def pattern_names() -> list[tuple[str, str]]:
    return [(pattern.slug, pattern.name) for pattern in PATTERNS.values()]


class ClaimQuerySet(QuerySet["Claim"]):
    def of(self, record: Publishable) -> Self:
        return self.filter(source_type=ContentType.objects.get_for_model(record), source_id=record.pk)

    def standing(self) -> Self:
        """Limit to claims that readers can see now."""
        public = Q(pk__in=[])
        for model in revised_models():
            source_type = ContentType.objects.get_for_model(model)
            public |= Q(source_type=source_type, source_id__in=model.objects.published().order_by().values("pk"))
        return self.filter(public, pattern__in=PATTERNS)

    def to_be_confirmed_by(self, user: AnyUser) -> Self:
        """Limit to claims in texts of kinds that `user` may publish."""
        kinds = {model._meta.label_lower for model in kinds_of_revised() if may_publish(user, model)}
        return self.filter(kind__in=kinds)

    def overdue(self) -> Self:
        return self.filter(review_by__lte=timezone.localdate())

    def sync(self, records: list) -> None:
        """Update the claims of `records` (of one model). An unchanged sentence keeps its row, wherever it moves."""
        if not records or not issubclass(type(records[0]), Revised):
            return
        source_type = ContentType.objects.get_for_model(records[0])
        stored = {}
        for row in self.filter(source_type=source_type, source_id__in=[record.pk for record in records]):
            stored.setdefault(row.source_id, {})[row.identity] = row
        missing, changed, gone = [], [], []
        for record in records:
            wanted = {}
            for row in _made_by(record, source_type):
                wanted.setdefault(row.identity, row)
            present = stored.get(record.pk, {})
            missing += [row for identity, row in wanted.items() if identity not in present]
            gone += [row.pk for identity, row in present.items() if identity not in wanted]
            changed += [
                present[identity] for identity in present.keys() & wanted if present[identity].follow(wanted[identity])
            ]
        if not (missing or changed or gone):
            return
        with transaction.atomic():
            self.filter(pk__in=gone).delete()
            # A save and the search for matches of new patterns may create the same rows at once.
            self.bulk_create(missing, ignore_conflicts=True)
            self.bulk_update(changed, ["kind", "sentence", "words", "review_by"])

    def catch_up(self, seconds: float) -> bool:
        """Search all texts again if an upgrade changed the patterns; return whether all are done."""
        texts = [model._base_manager.all() for model in revised_models()]
        searches = repr([(slug, pattern.search.pattern) for slug, pattern in PATTERNS.items()])
        digest = hashlib.sha256(searches.encode()).hexdigest()
        return TextSweep.objects.go_on("claims", digest, texts, search_records, self.sync, seconds)


class Claim(models.Model):
    """A match of one pattern in one sentence of the field `field` of `source`."""

    source_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", editable=False)
    source_id = models.PositiveBigIntegerField(editable=False)
    source = GenericForeignKey("source_type", "source_id")
    kind = models.CharField(max_length=100, editable=False)  # the `search_kind()` of its source
    field = models.CharField(max_length=50, editable=False)
    pattern = models.CharField(max_length=20, choices=pattern_names, editable=False)
    key = models.CharField(max_length=32, editable=False)
    words = models.CharField(max_length=200, editable=False)
    sentence = models.CharField(max_length=300, editable=False)
    written_on = models.DateField(editable=False)
    confirmed_on = models.DateField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    review_by = models.DateField("confirm by", null=True, help_text="Confirm by this date that it is still true.")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = "dated claim"
        ordering = ["review_by", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id", "field", "pattern", "key"], name="claim_once_in_a_field"
            )
        ]
        indexes = [models.Index(fields=["review_by", "id"], name="claim_by_day")]

    def __str__(self):
        return f"“{self.words}”"

    @property
    def identity(self) -> tuple:
        return self.field, self.pattern, self.key

    @property
    def advice(self) -> str:
        return PATTERNS[self.pattern].advice

    @property
    def is_overdue(self) -> bool:
        return self.review_by is not None and self.review_by <= timezone.localdate()

    @property
    def owner(self) -> User | None:
        """The owner of its text; None if that has none."""
        return getattr(self.source, "owner", None)

    @property
    def last_confirmed_on(self) -> date:
        """The day on which the claim was last confirmed, or written."""
        return self.confirmed_on or self.written_on

    def follow(self, other: "Claim") -> bool:
        """Take over the values of `other`, which is the same sentence; return whether any changed."""
        news = {name: getattr(other, name) for name in ("kind", "sentence", "words") if getattr(other, name)}
        if self.review_by is None:
            news["review_by"] = other.review_by  # its text has been published since
        changed = {name: value for name, value in news.items() if value != getattr(self, name)}
        for name, value in changed.items():
            setattr(self, name, value)
        return bool(changed)


def _made_by(record, source_type) -> list[Claim]:
    """Return unsaved rows for the claims in the texts of `record`."""
    written_on = timezone.localdate(record.last_changed_at)
    return [
        Claim(
            source_type=source_type,
            source_id=record.pk,
            kind=record.search_kind()._meta.label_lower,
            field=match.field,
            pattern=match.pattern.slug,
            key=match.key,
            words=match.words,
            sentence=match.sentence,
            written_on=written_on,
            review_by=_first_review(record, match.pattern, written_on),
        )
        for match in claims_in(texts_of(record))
    ]


def _first_review(record, pattern: ClaimPattern, written_on: date) -> date | None:
    """Return when a new claim is due: with the review of its text if that is earlier; None for drafts."""
    if record.state != "published":
        return None
    review_by, text_review_by = written_on + timedelta(days=pattern.days), getattr(record, "review_by", None)
    return min(review_by, text_review_by) if text_review_by and text_review_by > written_on else review_by


def texts_of(record: Publishable) -> dict[str, tuple[str, bool]]:
    """Return the texts of a record that can contain claims, by field: the text, and whether it is HTML."""
    rich = rich_text_fields(type(record))
    return {name: (getattr(record, name) or "", name in rich) for name in sorted(claiming_fields(type(record)))}


@cache
def claiming_fields(model) -> frozenset[str]:
    """Return the names of the fields of `model` whose texts can contain claims."""
    if not issubclass(model, Revised) or not issubclass(model, Publishable):
        return frozenset()
    # The titles of authors and topics are names and contain no claims.
    plain = {model.summary_field} | ({model.title_field} if has_owner(model) else set())
    return rich_text_fields(model) | frozenset(filter(None, plain))


def has_owner(model: type[Publishable]) -> bool:
    return any(field.name == "owner" for field in model._meta.concrete_fields)


@cache
def kinds_of_revised() -> tuple[type[Publishable], ...]:
    return tuple(model for model in kinds() if issubclass(model, Revised))


@cache
def revised_models() -> tuple[type[Publishable], ...]:
    return tuple(model for model in kinds_of_revised() if not model._meta.proxy)


def search_records(records: list[Publishable]) -> None:
    """Search the texts of records, as `ClaimQuerySet.sync` does, without writing."""
    for record in records:
        for _ in claims_in(texts_of(record)):
            pass


@before_transaction.register
def search_claims(texts):
    for _ in claims_in({str(number): (html, True) for number, html in enumerate(texts)}):
        pass


@after_write.register
def update_claims(written: SavedRecords):
    fields = claiming_fields(written.model)
    if fields and written.touches(fields | {"state", *written.model.address_fields}):
        Claim.objects.sync(written.records)
