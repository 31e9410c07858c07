"""Filters of the report of dated claims."""

from datetime import date, timedelta

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from publishing.admin.lists import ChoiceFilter, RecordFilter
from publishing.models import Claim, ClaimPattern
from publishing.models.claim import has_owner, revised_models
from publishing.parameters import key_in
from publishing.people import name_of


class DueFilter(ChoiceFilter):
    title = "day"
    parameter_name = "due"
    ways = {
        "past": ("Overdue", lambda claims, user: claims.filter(review_by__lte=timezone.localdate())),
        "soon": ("Within 30 days", lambda claims, user: claims.filter(review_by__range=_soon())),
        "never": ("Never confirmed", lambda claims, user: claims.filter(confirmed_on=None)),
    }


def _soon() -> tuple[date, date]:
    today = timezone.localdate()
    return today + timedelta(days=1), today + timedelta(days=30)


class OwnerFilter(admin.SimpleListFilter):
    title = "owner"
    parameter_name = "owner_is"

    def lookups(self, request, model_admin):
        others = _owners().exclude(pk=request.user.pk).order_by("username")
        return [("me", "Mine"), ("nobody", "Nobody’s"), *((str(person.pk), name_of(person)) for person in others)]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        if chosen == "me":
            return queryset.owned_by(request.user)
        if chosen == "nobody":
            return queryset.ownerless()
        person = get_user_model().objects.filter(pk=key_in(chosen)).first()
        return queryset.owned_by(person) if person else queryset


def _owners():
    """Colleagues who look after a claim, or after a text."""
    owns = Q(pk__in=Claim.objects.exclude(owner=None).order_by().values("owner"))
    for model in filter(has_owner, revised_models()):
        owns |= Q(pk__in=model._base_manager.exclude(owner=None).order_by().values("owner"))
    return get_user_model().objects.filter(owns)


class PatternFilter(RecordFilter):
    title = "pattern"
    parameter_name = field = "pattern"

    def lookups(self, request, model_admin):
        return [(str(pattern.pk), pattern.name) for pattern in ClaimPattern.objects.filter(is_active=True)]
