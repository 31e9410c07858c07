"""Mixins and filters for lists of the admin: permissions that are always refused, bounded pagination."""

from collections.abc import Iterator
from typing import cast

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from ops.db.bounded_count import More, counted
from publishing.content.publishable import State


class ByHandMixin(BaseModelAdmin):
    """For a ModelAdmin or an inline: `never` lists the permissions that are always refused: add, change, delete."""

    never = ("add", "change", "delete")

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        return "add" not in self.never and super().has_add_permission(request, *args)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return "change" not in self.never and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return "delete" not in self.never and super().has_delete_permission(request, obj)


class OptionListFilter(admin.SimpleListFilter):
    """Filter by one of `ways`, which maps values to a label and a function of the queryset and the user. `unchosen` is
    the same for the default, if that is not all rows."""

    ways: dict
    unchosen = ("", lambda rows, user: rows)

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _) in self.ways.items()]

    def choices(self, changelist: ChangeList) -> Iterator:
        for choice in super().choices(changelist):
            is_renamed = self.unchosen[0] and choice["display"] == "All"
            yield {**choice, "display": self.unchosen[0]} if is_renamed else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        _, narrowed = self.ways.get(self.value(), self.unchosen)
        return narrowed(queryset, request.user)


UNDONE = [State.DRAFT, State.IN_REVIEW]
IN_REVIEW = Q(state=State.IN_REVIEW) | Q(draft_state=State.IN_REVIEW)


class TextStateFilter(OptionListFilter):
    """The states of texts, with those that follow from their dates. The rows are annotated by `with_reviews`."""

    title = "state"
    parameter_name = "state__exact"
    ways = {
        "draft": ("Draft", lambda texts, user: texts.filter(state=State.DRAFT)),
        "in_review": ("In review", lambda texts, user: texts.filter(IN_REVIEW, is_approved=False)),
        "approved": ("Approved", lambda texts, user: texts.filter(IN_REVIEW, is_approved=True)),
        "scheduled": (
            "Scheduled",
            lambda texts, user: texts.filter(Q(public_from__gt=timezone.now()) | Q(update_at__isnull=False)),
        ),
        "published": ("Published", lambda texts, user: texts.published()),
        "changed": ("With unpublished changes", lambda texts, user: texts.published().filter(draft_state__in=UNDONE)),
        "expired": ("Expired", lambda texts, user: texts.filter(state="published", public_until__lte=timezone.now())),
        "archived": ("Archived", lambda texts, user: texts.filter(state=State.ARCHIVED)),
    }


class BoundedPaginator(Paginator):
    """Pages of the first 10,000 rows; rows further down are found by search and filters."""

    @cached_property
    def count(self) -> int:
        return counted(cast(QuerySet, self.object_list))


class LongChangeList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        if isinstance(self.result_count, More):
            # Facet counts would scan every row for each value of each filter.
            self.add_facets = self.is_facets_optional = False


class LongListMixin(admin.ModelAdmin):
    """For a ModelAdmin whose rows may be a million (`ops.db.bounded_count`)."""

    paginator = BoundedPaginator
    show_full_result_count = False

    def get_changelist(self, request, **kwargs):
        return LongChangeList
