"""Records with a public page: their state, their URL, and the single rule of what is public."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

from django.apps import apps
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from ops.db.queryset import QuerySet
from ops.http.slugs import MAX_LENGTH, slug_for
from ops.http.urls import markdown_address, route
from publishing.content.facts import with_current_values
from publishing.content.follow_up import SavedRecords, after_write, before_delete, before_write
from publishing.content.permissions import AnyUser, may_view
from publishing.content.reference import Reference
from publishing.images.illustrations import Drawing, drawing_about
from publishing.richtext import rich_text_fields
from publishing.richtext.reading import plain_text
from publishing.richtext.snippets import with_snippets


@dataclass(frozen=True)
class ListPage:
    """A page that lists records, as the sitemap and llms.txt describe it: `records` are those it shows, in its order.
    `address` is "" if no page lists these records."""

    title: str
    address: str
    records: models.QuerySet


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    ARCHIVED = "archived", "Archived"


def published_requires(*fields: str) -> models.CheckConstraint:
    """Return a constraint: `fields` (of text) may be empty in a draft, but not in a published record."""
    filled = Q()
    for field in fields:
        filled &= ~Q(**{field: ""})
    return models.CheckConstraint(
        condition=~Q(state=State.PUBLISHED) | filled,
        name="%(app_label)s_%(class)s_published_is_complete",
        violation_error_message="It cannot be published yet: required fields are empty.",
    )


class PublishableQuerySet[M: "Publishable"](QuerySet[M]):
    def published(self, at: datetime | None = None) -> Self:
        """Return what readers may see, now or at the moment `at`."""
        return self.filter(**self.model.published_lookups(at=at))

    def published_sometime(self) -> Self:
        """Return what has been published by an editor, even if its dates hide it now."""
        return self.filter(**Publishable.published_lookups())

    def for_search(self) -> Self:
        """Fetch everything that `search_texts()` of the records reads."""
        return self

    def visible_to(self, user: AnyUser) -> Self:
        """Return what `user` may see on the site: published records, and drafts of kinds they may view in the admin."""
        return self.not_trashed().for_staff(user) if may_view(user, self.model) else self.published()

    def for_staff(self, user: AnyUser) -> Self:
        """Return what `user`, who may view this kind in the admin, may see there."""
        return self

    def not_trashed(self) -> Self:
        return self.filter(deleted_at=None)

    def retired(self) -> Self:
        """Return what was once public and was then archived on purpose."""
        return self.not_trashed().filter(state=State.ARCHIVED, first_published_at__isnull=False)

    def trashed(self) -> Self:
        return self.exclude(deleted_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")

    def update(self, **changes: Any) -> int:
        """Like Django's `update`, and also update everything that depends on the records."""
        with transaction.atomic(using=self.db):
            # Locked, so that of two concurrent updates each knows the URL that the other one set.
            rows = self.model._base_manager.using(self.db).filter(pk__in=self.order_by().values("pk"))
            addresses = self.model.addresses(rows.select_for_update().order_by("pk"))
            if changes.get("state") in State.values:
                changes.setdefault("first_published_at", self.model.first_publication(changes))
            count = super().update(**{"last_changed_at": timezone.now(), **changes})
            if addresses:
                after_write.run(SavedRecords(self.model, list(addresses), frozenset(changes), addresses))
        return count

    update.alters_data = True

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        objs = list(objs)
        slugs = set()
        for record in objs:
            record.prepare(taken=slugs)
            slugs.add(record.slug)
        with transaction.atomic(using=self.db):
            created = super().bulk_create(objs, *args, **kwargs)
            # By slug, since rows that already existed (`ignore_conflicts`) come back without a primary key.
            rows = self.model._base_manager.using(self.db).filter(slug__in=slugs)
            after_write.run(SavedRecords(self.model, list(rows.values_list("pk", flat=True))))
        return created

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        objs = list(objs)
        fields = {*fields}
        if fields & {"state", "publish_at"}:
            for record in objs:
                record.prepare()
            fields |= {"first_published_at", "slug"}
        return super().bulk_update(objs, sorted(fields), *args, **kwargs)

    bulk_update.alters_data = True

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db):
            before_delete.run(self.model, list(self.values_list("pk", flat=True)))
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


def fetch_content_changed_at(records: Sequence["Publishable"]) -> None:
    """Set `content_changed_at` of these texts of one kind: when their visible content last changed. One query.

    Content changes when the text is edited, when a record that it mentions is written, and when a fact of such a record
    changes with the passing of a date.
    """
    if not records:
        return
    kind, keys = ContentType.objects.get_for_model(records[0]), [record.pk for record in records]
    mentions = Reference.objects.links().filter(source_type=kind, source_id__in=keys).values_list("source_id")
    passed = models.Max("stale_from", filter=Q(stale_from__lte=timezone.now()))
    mentions = mentions.annotate(models.Max("target_changed_at"), passed=passed)
    moments = {key: list(filter(None, dates)) for key, *dates in mentions}
    for record in records:
        record.content_changed_at = max([record.last_changed_at, *moments.get(record.pk, [])])


class Publishable(models.Model):
    """A record with a page. Subclasses set `route` and the name of the title field."""

    get_state_display: Callable[[], str]
    content_changed_at: datetime  # set by fetch_content_changed_at()

    title_field = "title"
    made_slug = ""  # the last slug generated from the title, if any
    route: str  # the URL name of its page, which takes the slug
    index = ("", "")  # title and URL name of the page that lists all of them by name, if there is one
    address_fields = ("slug",)  # the arguments of `address_of`
    summary_field = ""  # the field with a plain-text summary, if any
    required_to_publish: tuple[str, ...] = ()  # text fields
    is_heading = False  # whether it only lists others, so that search shows it after them
    date_field = ""  # the attribute, if any, with the day by which search shows the newest of equal results first
    # Kinds of record whose search text includes this one's name, with the lookup from there to here.
    named_in_search_by: dict[str, str] = {}
    # Kinds of record that its page lists, with the lookup from there to here.
    page_shows: tuple[tuple[str, str], ...] = ()
    cover_field = ""  # the field, if any, with the image at the top of its page
    is_dated = True  # whether its page says when it was published and changed
    has_markdown = False  # whether its page is also available as Markdown

    slug = models.SlugField(
        "address",
        max_length=MAX_LENGTH,
        unique=True,
        blank=True,
        help_text="The last part of the page’s address. If it changes, the old address redirects to the new one.",
        error_messages={
            "unique": "Another record already uses this address, perhaps one in the trash. Choose another one."
        },
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_index=True)
    first_published_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    last_changed_at = models.DateTimeField(editable=False)
    deleted_at = models.DateTimeField("in the trash since", null=True, blank=True, editable=False)
    references_made = GenericRelation(
        "publishing.Reference", content_type_field="source_type", object_id_field="source_id", related_name="+"
    )

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.title_text or f"Untitled {self._meta.verbose_name}"

    @property
    def title_text(self) -> str:
        return getattr(self, self.title_field)

    @property
    def summary_text(self) -> str:
        return getattr(self, self.summary_field) if self.summary_field else ""

    @cached_property
    def is_public(self) -> bool:
        """Return whether readers can see it now. Costs a query if published: use it for single records, not lists."""
        is_published = self.state == State.PUBLISHED and self.deleted_at is None
        return is_published and type(self).objects.published().filter(pk=self.pk).exists()

    def get_absolute_url(self) -> str:
        return self.address_of(*(getattr(self, name) for name in self.address_fields))

    @classmethod
    def address_of(cls, slug: str) -> str:
        """Return the URL of a record from its `address_fields`, so that links need not fetch the record."""
        return route(cls.route, slug)

    @classmethod
    def indexed(cls) -> PublishableQuerySet:
        """Return the public records with a page that search engines may list."""
        return cls.objects.published()

    @classmethod
    def lists(cls) -> list[ListPage]:
        """Return the pages that list records of this kind: by default the index, by name."""
        title, name = cls.index
        by_name = cls.indexed().order_by(Lower(cls.title_field), "pk")
        return [ListPage(title, reverse(name), by_name)] if name else []

    @property
    def markdown_url(self) -> str:
        return markdown_address(self.get_absolute_url())

    @classmethod
    def addresses(cls, records: models.QuerySet) -> dict[int, str]:
        """Return the stored URLs of the rows of a queryset, by primary key."""
        return {pk: cls.address_of(*values) for pk, *values in records.values_list("pk", *cls.address_fields)}

    @classmethod
    def published_lookups(cls, prefix: str = "", at: datetime | None = None) -> dict:
        """Return the only definition of what readers see, now or `at`, as lookups; `prefix` is such as "topic__"."""
        return {f"{prefix}state": State.PUBLISHED, f"{prefix}deleted_at": None}

    @classmethod
    def first_publication(cls, changes: dict) -> Case | Coalesce:
        """Return the expression for `first_published_at` after an update by `changes`; future moments do not count."""
        now = timezone.now()
        past = Case(When(first_published_at__lte=now, then=F("first_published_at")))
        return Coalesce(past, cls.publication_moment(changes, now)) if changes["state"] == State.PUBLISHED else past

    @classmethod
    def publication_moment(cls, changes: dict, now: datetime) -> datetime | Coalesce:
        """Return when a record published by an update with `changes` is first visible: a datetime or an expression."""
        return now

    @classmethod
    def in_footer(cls) -> PublishableQuerySet | None:
        """Return the records that the footer of every page links to while they are public; None if not this kind."""
        return None

    @classmethod
    def list_labels(cls) -> dict[str, str]:
        """Return by address the names of its lists that follow from the records in them."""
        return {}

    @classmethod
    def facts_today(cls, pks: Collection[int]) -> dict[int, dict[str, str]]:
        """Return by key `status`, `price`, `last_day` or `departure` in words, for search hits. Two queries at most."""
        return {}

    @classmethod
    def derived(cls, fields: dict) -> dict:
        """Return the values of fields that follow from other `fields`, such as a body composed from sections."""
        return {}

    def place_of(self, record: models.Model) -> str:
        """Return where its text shows `record`, such as "section 2"; "" if the text has no parts."""
        return ""

    @property
    def status(self) -> str:
        """Return the state in one word for editors, including what follows from dates."""
        return "In the trash" if self.deleted_at else self.get_state_display()

    def clean(self) -> None:
        super().clean()
        # Here too, since constraints are checked before save(), and they require a slug in published records.
        self.fill_slug()
        if self.state != State.PUBLISHED:
            return
        missing = [name for name in self.required_to_publish if not str(getattr(self, name)).strip()]
        if missing:
            raise ValidationError(dict.fromkeys(missing, "Required for publishing. You can save a draft without it."))

    def prepare(self, taken: Collection[str] = frozenset()) -> None:
        """Set the derived fields: slug (none of `taken`), first publication and last change."""
        now = timezone.now()
        self.last_changed_at = now
        self.fill_slug(taken)
        if self.first_published_at is None or self.first_published_at > now:
            # A moment in the future does not count as a publication.
            self.first_published_at = self.first_moment(now) if self.state == State.PUBLISHED else None
        before_write.run(self)

    def fill_slug(self, taken: Collection[str] = frozenset()):
        """Generate a slug from the title if there is none; it is not used by another record and is not in `taken`."""
        if not self.slug:
            others = type(self)._base_manager.exclude(pk=self.pk)
            stem = slug_for(self.title_text, self._meta.model_name or "")
            similar_slugs = others.filter(slug__startswith=stem[: MAX_LENGTH - 8]).values_list("slug", flat=True)
            self.slug = slug_for(self.title_text, self._meta.model_name or "", {*taken, *similar_slugs})
            self.made_slug = self.slug

    @property
    def has_known_address(self) -> bool:
        """Return whether readers have seen its address."""
        return self.first_published_at is not None and self.first_published_at <= timezone.now()

    def has_made_slug(self) -> bool:
        """Return whether the slug was made from the title, so that it follows it as long as readers do not know it."""
        stem = slug_for(self.title_text, self._meta.model_name or "")
        return stem in {self.slug, re.sub(r"-\d+$", "", self.slug)} and not self.has_known_address

    def first_moment(self, now: datetime) -> datetime:
        return now

    def save(self, *args: Any, **kwargs: Any) -> None:
        for is_last in (False,) * 9 + (True,):
            try:
                return self._save(*args, **kwargs)
            except IntegrityError:
                # Another process took the slug just generated here: generate another.
                if is_last or self.slug != self.made_slug:
                    raise
                self.slug = ""

    def _save(self, *args, update_fields=None, **kwargs):
        self.prepare()
        if update_fields is not None:
            update_fields = {*update_fields, "last_changed_at"}
            if update_fields & {"state", "publish_at"}:
                update_fields |= {"first_published_at", "slug"}
        with transaction.atomic(using=kwargs.get("using")):
            rows = type(self)._base_manager.select_for_update().filter(pk=self.pk)
            stored = self.addresses(rows.filter(first_published_at__isnull=False)) if self.pk else {}
            super().save(*args, update_fields=update_fields, **kwargs)
            written = SavedRecords(type(self), [self.pk], update_fields, stored)
            if update_fields is None:
                written.records = [self]  # otherwise other fields in memory may differ from the database
            after_write.run(written)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=kwargs.get("using")):
            before_delete.run(type(self), [self.pk])
            return super().delete(*args, **kwargs)

    @property
    def drawing(self) -> Drawing:
        """Return the generated drawing that is shown if the record has no image."""
        return drawing_about(self.slug, self.title_text)

    def search_texts(self) -> dict[str, str]:
        """Return the searched text of this record, by the fields of SearchText. It must come from `for_search()`."""
        bodies = (getattr(self, name) for name in sorted(rich_text_fields(type(self))))
        texts = (plain_text(with_current_values(with_snippets(body))) for body in bodies)
        return {"title": self.title_text, "summary": self.summary_text, "body": "\n".join(filter(None, texts))}

    def search_kind(self) -> type["Publishable"]:
        """Return the model under which readers find it and editors write it: its own, or a proxy of that."""
        return cast(type[Publishable], self._meta.concrete_model)

    def visible_between(self) -> tuple:
        """Return from and until when a published record is visible; None for no limit."""
        return None, None

    @classmethod
    def records_that_name(cls, pks: Collection[int]) -> list[tuple[type["Publishable"], list[int]]]:
        """Return the records of other kinds whose `search_texts()` include these names, as pairs of model and keys."""
        pairs = []
        for label, lookup in cls.named_in_search_by.items():
            model = apps.get_model(label)
            rows = model._base_manager.filter(**{f"{lookup}__in": pks}).distinct()
            pairs.append((model, list(rows.values_list("pk", flat=True))))
        return pairs
