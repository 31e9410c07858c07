"""The base of the admin for records with a page: their state, link to the page, uses, and the trash."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Field, Q
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.text import capfirst

from ops.http.urls import admin_url, change_url
from ops.limits.turns import posts_take_turns
from publishing.admin.confirmation import confirm_unpublish
from publishing.admin.fields import FieldsMixin, moment_column, readonly_text, section, with_fields
from publishing.admin.page_views import PageViewsMixin
from publishing.admin.search import in_text
from publishing.admin.trash import TrashFilter, TrashMixin
from publishing.content.follow_up import prepare_texts
from publishing.content.people import is_own_draft
from publishing.content.permissions import may_publish
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, PublishableQuerySet, State
from publishing.content.redirect import Redirect
from publishing.content.revised import Revised
from publishing.quality.staleness import mark_reviewed
from publishing.quality.where_used import named_without_link, seen_by, where_used
from publishing.richtext import RichTextField

__all__ = ["PublishableAdmin", "TrashFilter", "is_field_with_search"]

# Django's one-word states, with their meaning for readers.
STATES_IN_WORDS = {
    State.DRAFT: "Draft: visible to you and your colleagues only",
    State.IN_REVIEW: "In review: ready for an editor to publish",
    State.PUBLISHED: "Published: readers see it",
    State.ARCHIVED: "Archived: removed from the site; its address says so",
}


class PublishableAdmin(FieldsMixin, TrashMixin, PageViewsMixin, admin.ModelAdmin):
    """The base of the admin of records with a page. Subclasses spell out their lists and fieldsets."""

    list_per_page = 50
    change_form_template = "admin/publishing/change_form.html"
    readonly_fields = ["first_published", "last_changed", "views", "used_by"]
    # The last fieldset of every form.
    ABOUT = section("About this record", "first_published", "last_changed", "views", "used_by", classes=["tab-publish"])

    def has_publish_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        """Return whether this user may decide what readers see. For texts this requires the permission to publish."""
        return may_publish(request.user, self.model) and (obj is None or self.has_change_permission(request, obj))

    def has_view_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        is_hidden = (
            isinstance(obj, Prose)
            and obj.state in {State.DRAFT, State.IN_REVIEW}
            and not (self.has_publish_permission(request) or obj.owner_id == request.user.pk)
        )
        return super().has_view_permission(request, obj) and not is_hidden

    def has_change_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.has_publish_permission(request) or is_own_draft(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Publishable | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.has_publish_permission(request) or is_own_draft(request.user, obj))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        record = super().get_object(request, object_id, from_field)
        if record is not None:
            record.asker = request.user  # the form shows other records depending on the user
            record.live_url = record.get_absolute_url()
        return record

    @posts_take_turns
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Ask for confirmation before the page of a record that others use is taken off the site."""
        prepare_texts(self.model, request.POST)
        label = self.unpublish_label(request) if request.method == "POST" and object_id else ""
        record = self.get_object(request, unquote(object_id)) if label and object_id else None
        if record is not None and self.has_change_permission(request, record):
            are_named = isinstance(record, Revised)
            if question := confirm_unpublish(self, request, [record], label, is_form=True, actions_are_named=are_named):
                return question
        return super().changeform_view(request, object_id, form_url, extra_context)

    def unpublish_label(self, request: HttpRequest) -> str:
        """Return the name of the action if the submitted form takes the page off the site, else ""."""
        actions: dict[str | None, str] = {State.DRAFT: "Return to draft", State.ARCHIVED: "Archive"}
        return actions.get(request.POST.get("state"), "")

    def get_fieldsets(self, request: HttpRequest, obj: Publishable | None = None) -> list | tuple:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return [fieldset for fieldset in fieldsets if fieldset is not PublishableAdmin.ABOUT]
        if self.has_change_permission(request, obj):
            return fieldsets
        texts = {field.name: readonly_text(field) for field in self.opts.fields if isinstance(field, RichTextField)}
        return with_fields(fieldsets, lambda fields: [texts.get(name, name) for name in fields])

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "slug" in form.base_fields:
            form.base_fields["slug"].help_text = (
                f"Readers and search engines know {obj.live_url}. Change it only for a good reason; the old "
                "address will redirect to the new one."
                if obj and obj.has_known_address
                else "The last part of the page’s address. If empty, it is made from the title."
            )
        return form

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "state":
            allowed = State if self.has_publish_permission(request) else [State.DRAFT, State.IN_REVIEW]
            kwargs["choices"] = [(state.value, STATES_IN_WORDS[state]) for state in allowed]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Like Django's, in texts too, without drafts that the user may not see; autocomplete fields search in names
        only, and do not offer trashed records."""
        seen = queryset.for_staff(request.user)
        matches, has_duplicates = super().get_search_results(request, seen, search_term)
        if is_field_with_search(request):
            return cast(PublishableQuerySet, matches).not_trashed(), has_duplicates
        if search_term:
            matches = seen.filter(Q(pk__in=matches.values("pk")) | in_text(request.user, self.model, search_term))
        return matches, False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Like Django's, without values that are invalid for their field."""
        initial = super().get_changeform_initial_data(request)
        fields = self.get_form(request)().fields
        return {name: value for name, value in initial.items() if name in fields and _fits(fields[name], value)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not isinstance(form.instance, Revised):  # for records with drafts, publishing confirms the facts
            mark_reviewed(form.instance)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self.after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        return self.after_saving(request, obj)

    def after_saving(self, request: HttpRequest, record: Publishable) -> HttpResponse:
        """Show a message with the state of the page, and redirect according to the button."""
        edit_url = change_url(record)
        context = {"record": record, "title": str(record)}
        context["edit_url"] = edit_url if self.has_view_permission(request, record) else ""
        old = getattr(record, "live_url", "")
        if old and old != record.get_absolute_url() and Redirect.objects.filter(path=old).exists():
            context["old_address"] = old
        messages.success(request, self.message_after_saving(request, context))
        if "_addanother" in request.POST:
            url = admin_url(self, "add")
        elif request.POST.keys() & {"_continue", "_restore", "_publish"}:
            url = edit_url
        else:
            return self.response_post_save_change(request, record)
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, url))

    def message_after_saving(self, request: HttpRequest, context: dict) -> str:
        return render_to_string("admin/publishing/saved.html", context, request)

    def view_on_site(self, record: Publishable) -> str | None:
        return None if record.deleted_at else record.get_absolute_url()

    def get_list_display(self, request: HttpRequest) -> list:
        # Every list ends with the views of the page and a link to it.
        return [*super().get_list_display(request), "last_month", "page_link"]

    @admin.display(description="State", ordering="state")
    def status(self, record: Publishable) -> str:
        return render_to_string("admin/publishing/state.html", {"status": record.status})

    @admin.display(description="On the site")
    def page_link(self, record):
        context = {"status": record.status, "url": record.get_absolute_url(), "title": record}
        return "" if record.deleted_at else render_to_string("admin/publishing/page_link.html", context)

    first_published = moment_column("First published", "first_published_at")
    last_changed = moment_column("Last changed", "last_changed_at")

    @admin.display(description="Used by")
    def used_by(self, record: Any) -> str:
        uses, hidden = seen_by(record.asker, where_used(record)) if record.pk else ([], 0)
        naming_uses = seen_by(record.asker, named_without_link(record))[0] if record.pk else []
        context = {"uses": uses, "hidden": hidden, "named": naming_uses}
        return render_to_string("admin/publishing/used_by.html", context)

    def in_words(self, error: ValidationError) -> str:
        if not hasattr(error, "error_dict"):
            return " ".join(error.messages)  # from a related row, which its messages name
        return " ".join(
            " ".join(sentences)
            if name == NON_FIELD_ERRORS
            else f"{capfirst(cast(Field, self.opts.get_field(name)).verbose_name)}: {' '.join(sentences)}"
            for name, sentences in error.message_dict.items()
        )


def is_field_with_search(request: HttpRequest) -> bool:
    """Return whether the request is for the options of an autocomplete field in another record's form."""
    return bool(request.resolver_match) and request.resolver_match.url_name == "autocomplete"


def _fits(field, value) -> bool:
    try:
        field.clean(value)
    except (ValidationError, TypeError, ValueError, AttributeError):  # multi-value fields raise any of these
        return not field.required and value == ""
    return True
