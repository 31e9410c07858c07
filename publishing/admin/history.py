"""The history of a record: a comparison of two versions, and the restoration of one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.text import capfirst

from ops.http.query_params import key_in
from ops.http.urls import admin_url, change_url, record_url
from publishing.admin.admin_pages import Panel, admin_page, show
from publishing.content.dates import moment_in_words
from publishing.content.publishable import Publishable
from publishing.revisions.diff import marked, marked_plain
from publishing.revisions.merge import Piece, changed_side, merged, pieces_of, to_choose
from publishing.revisions.models import Action, Revision
from publishing.revisions.snapshot import current, relations_of, row_fields, tag_fields_of
from publishing.richtext import RichTextField
from publishing.richtext.field import BlocksField
from publishing.workflow.actions import ActionRequest, draft_of, perform_action, token_of

PER_PAGE = 50
IN_FORM = 12  # versions listed beside the text


class HistoryPanel(Panel):
    """The versions of a record, for everyone who may change it."""

    def context(self, request: HttpRequest, record: Any) -> dict:
        aside = Revision.objects.unsettled(record, request.user)
        extra = {"aside": aside, "aside_url": conflict_url(record)} if aside else {}
        latest = Revision.objects.of(record).latest_first().select_related("author")[:IN_FORM]
        if record.update_at and record.is_public and draft_of(record):
            live = applied_versions(record)[0]
            extra["edit_live_url"] = admin_url(self.model, "restore", record.pk, live.pk)
        return {"may_see_history": True, "latest_versions": latest, **extra}

    @admin_page("<path:object_id>/history/compare/", "compare", "GET")
    def compare_view(self, request, record):
        try:
            first, second = (self._version(request, record, request.GET.get(name, "")) for name in ("one", "other"))
        except Http404:
            messages.info(request, "One of these versions was replaced by a later one. Choose among those below.")
            return HttpResponseRedirect(admin_url(self.model, "history", record.pk))
        if first.pk > second.pk and not second.is_aside:
            first, second = second, first
        parent = second.parent
        begun = parent.content if parent and not parent.is_aside and parent.pk < first.pk else None
        head = Revision.objects.head(record)
        versions = [
            {
                "revision": revision,
                "is_head": revision == head,
                "restore_url": admin_url(self.model, "restore", record.pk, revision.pk),
            }
            for revision in (first, second)
        ]
        return show(
            self.admin,
            request,
            "admin/publishing/compare.html",
            "Compare versions",
            record=record,
            edit_url=change_url(record),
            versions=versions,
            differences=differences(self.model, first.content, second.content, begun),
            is_conflict=second.is_aside and first == head,
            merge_url=admin_url(self.model, "merge", record.pk),
            is_found="found" in request.GET,
            is_her_own=first.author_id == request.user.pk,
        )

    @admin_page("<path:object_id>/history/merge/", "merge", "POST")
    def merge_view(self, request, record):
        """Save what was chosen of two versions, `one` the latest; if that is no longer the latest, set it aside."""
        try:
            first, second = (self._version(request, record, request.POST.get(name, "")) for name in ("one", "other"))
        except Http404:
            messages.warning(request, "Another version was saved meanwhile. Please choose again.")
            return HttpResponseRedirect(conflict_url(record))
        sides = [current(self.model, version.content) for version in (first, second)]
        content = merged(self.model, sides[0], sides[1], request.POST)
        return self._save(request, record, content, Action.MERGE, token=token_of(record, first))

    @admin_page("<path:object_id>/history/<int:revision>/restore/", "restore", "POST")
    def restore_view(self, request, record, revision):
        version = self._version(request, record, str(revision))
        note = f"The version of {moment_in_words(version.made_at)}"
        return self._save(request, record, current(self.model, version.content), Action.RESTORE, note=note)

    def _save(self, request, record, content: dict, action: Action, **values):
        # Fields that an old version does not have stay as they are.
        content = {part: record.draft_content[part] | content[part] for part in record.draft_content}
        try:
            outcome = perform_action(record, ActionRequest(action, content, author=request.user, **values))
        except ValidationError as error:
            messages.error(request, f"It cannot be saved. {self.admin.in_words(error)}")
            return HttpResponseRedirect(admin_url(self.model, "history", record.pk))
        record.action_result = outcome
        self.admin.log_change(request, record, f"{action.label}.")
        answer = self.admin.after_saving(request, record)
        return answer if outcome.is_conflict else HttpResponseRedirect(change_url(record))

    def _version(self, request, record, key: str) -> Revision:
        if key == "latest":
            revision = Revision.objects.head(record)
        elif key == "mine":
            revision = Revision.objects.set_aside(record, request.user)
        else:
            revision = Revision.objects.of(record).select_related("author", "parent").filter(pk=key_in(key)).first()
        if revision is None:
            raise Http404
        return revision


def versions_of(record: Publishable, page: str | None) -> dict:
    """Return the additional context of the history page of a record."""
    revisions = Revision.objects.of(record).latest_first().select_related("author")
    draft = draft_of(record)
    return {
        "versions": Paginator(revisions, PER_PAGE).get_page(page),
        "draft_pk": draft and draft.pk,
        "live_pk": applied_versions(record).values_list("pk", flat=True).first(),
        "compare_url": record_url(record, "compare"),
    }


def applied_versions(record: Publishable) -> models.QuerySet[Revision]:
    """Return the versions that the row contained, latest first: the first is the one that it contains."""
    return Revision.objects.of(record).exclude(applied_at=None).order_by("-applied_at", "-pk")


def conflict_url(record: Publishable) -> str:
    """Return the address of a conflict. It has no keys of versions, since autosaves replace each other."""
    return f"{record_url(record, 'compare')}?one=latest&other=mine"


NOTHING = "–"


@dataclass(frozen=True)
class FieldDiff:
    """A field or a group of rows: its name, and both versions as HTML with marked changes."""

    name: str
    one: str
    other: str
    key: str  # of the choice between both
    chosen: str  # "one" or "other"
    pieces: list[Piece]  # of a text


def differences(model: type[Publishable], first: dict, second: dict, begun: dict | None = None) -> list[FieldDiff]:
    """Return the differences between two contents of records of `model`, in the order of its fields.

    `begun` is the content from which both come, if it is known: by it the side that alone changed a part is chosen.
    """
    first, second = current(model, first), current(model, second)
    begun = begun and current(model, begun)
    field_diffs = []
    for part, name in to_choose(model, first, second):
        sides = _difference(model, part, name, first[part][name], second[part][name])
        same = [begun is not None and side[part][name] == begun[part].get(name) for side in (first, second)]
        pieces = pieces_of(model, first, second, part, name, begun)
        field_diffs.append(FieldDiff(*sides, f"{part}-{name}", changed_side(*same) or "one", pieces))
    return field_diffs


def _difference(model, part: str, name: str, first, second) -> tuple[str, str, str]:
    """Return the name of a field, and both of its values as HTML."""
    if part == "fields":
        field = model._meta.get_field(name)
        label = capfirst(field.verbose_name)
        if isinstance(field, RichTextField):
            return str(label), *marked(first or "", second or "")
        if isinstance(field, BlocksField):
            return str(label), *marked(field.as_html(first), field.as_html(second))
        return (str(label), *marked_plain(_value_in_words(field, first), _value_in_words(field, second)))
    if part == "tags":
        field = next(field for field in tag_fields_of(model) if field.name == name)
        label = capfirst(field.verbose_name)
        sides = [_names(field.remote_field.model, keys) for keys in (first, second)]
    else:
        relation = next(relation for relation in relations_of(model) if relation.get_accessor_name() == name)
        label = capfirst(str(relation.related_model._meta.verbose_name))
        sides = [[_row_in_words(relation, row) for row in rows] for rows in (first, second)]
    return str(label), *marked_plain(*("\n".join(lines) or NOTHING for lines in sides))


def _value_in_words(field, value) -> str:
    if value in {None, ""}:
        return NOTHING
    if field.is_relation:
        return _names(field.related_model, [value])[0]
    if isinstance(field, models.BooleanField):
        return "Yes" if value else "No"
    try:
        value = field.to_python(value)
    except ValidationError:
        return str(value)  # of a type that the field no longer accepts
    if isinstance(field, models.DateTimeField):
        return moment_in_words(value)
    return str(dict(field.flatchoices).get(value, value))


def _names(model, keys) -> list[str]:
    records_by_key = model._base_manager.in_bulk(keys)
    return [str(records_by_key[key]) if key in records_by_key else "(deleted)" for key in keys]


def _row_in_words(relation, row: dict) -> str:
    """Return the values of a row without its position, which the order of the list shows."""
    fields = [
        field for field in row_fields(relation) if field.editable and field.name in row and field.name != "position"
    ]
    return ": ".join(_value_in_words(field, row[field.name]) for field in fields)
