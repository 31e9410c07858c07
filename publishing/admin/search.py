"""Search over everything in the admin: titles and texts, drafts included, as far as the user may see them."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import ModelAdmin, site
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Q, TextField, When
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from ops.http.query_params import words
from ops.http.urls import admin_url, change_url, with_query
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Revision
from publishing.richtext import rich_text_fields
from publishing.search.backends import index
from publishing.search.query import Query

PER_KIND = 6


def in_text(user: AnyUser, model: type[Publishable], text: str) -> Q:
    """Return a condition: all words of `text` occur in a published text, a draft, or the draft of a published text."""
    query = Query.parse(text)
    if not query:
        return Q(pk__in=[])
    in_draft = Q(state__in=[State.DRAFT, State.IN_REVIEW])
    in_version = Q()
    for word in text.split():
        in_row = Q()
        for name in rich_text_fields(model):
            in_row |= Q(**{f"{name}__icontains": word})
        in_draft &= in_row or Q(pk__in=[])
        in_version &= Q(written__icontains=word)
    condition = Q(pk__in=index().sources(query, model._meta.label_lower)) | in_draft
    if may_publish(user, model):
        record_type = ContentType.objects.get_for_model(model)
        drafts = Revision.objects.filter(record_type=record_type).drafts()
        drafts = drafts.annotate(written=Cast("content", TextField())).filter(in_version)
        condition |= Q(pk__in=drafts.values("record_id"))
    return condition


def search_view(request: HttpRequest) -> HttpResponse:
    """Show the first six results of each list that takes part, with a link to all of them."""
    text = words(request.GET.get("q", ""), 100)
    searched = _searched(request) if text else []
    parts = [part for model_admin in searched if (part := _part(request, model_admin, text))]
    count = sum(part["count"] for part in parts)
    title = f"“{text}”: {count:,} result{pluralize(count)}" if text else "Search"
    context = {**site.each_context(request), "title": title, "searched_words": text, "parts": parts}
    return TemplateResponse(request, "admin/search.html", context)


def _searched(request) -> list[ModelAdmin]:
    """Return the lists of records with a page, and those that set `is_searched`, as far as the user may view them, in
    the order of the menu."""
    menu = [target for group in settings.ADMIN_MENU.values() for targets in group.values() for target in targets]
    model_admins = [
        model_admin
        for model, model_admin in site._registry.items()
        if issubclass(model, Publishable) or getattr(model_admin, "is_searched", False)
        if model_admin.has_view_or_change_permission(request)
    ]
    return sorted(model_admins, key=lambda each: menu.index(each.opts.label_lower))


def _part(request, model_admin, text: str) -> dict | None:
    records, has_duplicates = model_admin.get_search_results(request, model_admin.get_queryset(request), text)
    if issubclass(model_admin.model, Publishable):
        name = model_admin.model.title_field
        ways = [
            When(**{f"{name}__{way}": text}, then=at) for at, way in enumerate(("iexact", "istartswith", "icontains"))
        ]
        records = records.not_trashed().order_by(Case(*ways, default=3), "-pk")
    records = records.distinct() if has_duplicates else records
    first_records = list(records[: PER_KIND + 1])
    if not first_records:
        return None
    opts = model_admin.opts
    return {
        "name": getattr(model_admin, "name_in_menu", capfirst(opts.verbose_name_plural)),
        "count": records.count() if first_records[PER_KIND:] else len(first_records),
        "hits": [_hit(record) for record in first_records[:PER_KIND]],
        "all_url": with_query(admin_url(model_admin, "changelist"), urlencode({"q": text}))
        if first_records[PER_KIND:]
        else "",
    }


def _hit(record) -> dict:
    state = getattr(record, "full_status", "") or getattr(record, "status", "")
    return {
        "title": str(record),
        "url": change_url(record),
        "status": getattr(record, "status", ""),
        "full_status": state,
    }
