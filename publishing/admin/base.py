"""What the admin of every record with a page has: its state in words, its page, where it is used, a trash."""

from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst

from publishing.admin.tags import TagChoiceMixin
from publishing.models import Prose, State
from publishing.where_used import where_used


class TrashFilter(admin.SimpleListFilter):
    title = "trash"
    parameter_name = "trash"

    def lookups(self, request, model_admin):
        return [("yes", "In the trash")]

    def choices(self, changelist):
        for choice in super().choices(changelist):
            yield {**choice, "display": "Not in the trash"} if choice["display"] == "All" else choice

    def queryset(self, request, queryset):
        return queryset.trashed() if self.value() == "yes" else queryset.kept()


class PublishableAdmin(TagChoiceMixin, admin.ModelAdmin):
    """The base of the admin of records with a page. Subclasses spell out their lists and fieldsets."""

    save_on_top = True
    list_per_page = 50
    view_on_site = True
    actions = ["publish", "take_back", "restore"]
    readonly_fields = ["first_published_at", "last_changed_at", "used_by"]
    # Closes every page's fieldsets.
    ABOUT = ("About this record", {"fields": ["first_published_at", "last_changed_at", "used_by"]})

    def may_publish(self, request, record=None) -> bool:
        """Whether this person may decide what readers see. Of texts, only those with the permission to publish."""
        if not issubclass(self.model, Prose):
            return super().has_change_permission(request, record)
        return request.user.has_perm(f"{self.opts.app_label}.publish_{self.opts.model_name}")

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.may_publish(request, obj) or self._is_own_draft(request, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.may_publish(request, obj) or self._is_own_draft(request, obj))

    def _is_own_draft(self, request, record) -> bool:
        is_draft = record.state in {State.DRAFT, State.IN_REVIEW} and record.first_published_at is None
        return is_draft and getattr(record, "owner_id", request.user.pk) == request.user.pk

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "state" and not self.may_publish(request):
            kwargs["choices"] = [choice for choice in State.choices if choice[0] in {State.DRAFT, State.IN_REVIEW}]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change and hasattr(obj, "owner_id") and obj.owner_id is None:
            obj.owner = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description="State", ordering="state")
    def status(self, record):
        return record.status

    @admin.display(description="Used by")
    def used_by(self, record):
        uses = where_used(record) if record.pk else []
        return render_to_string("admin/publishing/used_by.html", {"uses": uses})

    # Trash -------------------------------------------------------------------------------------

    def delete_model(self, request, obj):
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        queryset.update(deleted_at=timezone.now())
        messages.info(request, "It lies in the trash: choose “In the trash” beside the list to bring it back.")

    def get_deleted_objects(self, objs, request):
        """What Django's question before deleting lists: what goes to the trash, and which records use it."""
        lines = []
        for record in objs:
            uses = [f"{use.source} ({use.how})" for use in where_used(record)]
            lines.append(str(record) if not uses else [f"{record} is used by:", uses])
        flat = [part for line in lines for part in (line if isinstance(line, list) else [line])]
        denied = {str(self.opts.verbose_name) for record in objs if not self.has_delete_permission(request, record)}
        return flat, {self.opts.verbose_name_plural: len(objs)}, denied, []

    # Actions -----------------------------------------------------------------------------------

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request, queryset):
        done = 0
        for record in queryset.kept():
            record.state = State.PUBLISHED
            try:
                record.full_clean()
            except ValidationError as error:
                messages.error(request, f"“{record}” is not published. {self._in_words(error)}")
                continue
            record.save()
            self.log_change(request, record, "Published.")
            done += 1
        if done:
            messages.success(request, f"Published: {done}.")

    def _in_words(self, error) -> str:
        return " ".join(
            " ".join(sentences)
            if name == NON_FIELD_ERRORS
            else f"{capfirst(self.opts.get_field(name).verbose_name)}: {' '.join(sentences)}"
            for name, sentences in error.message_dict.items()
        )

    @admin.action(description="Take back to draft", permissions=["publish"])
    def take_back(self, request, queryset):
        records = list(queryset.kept())
        queryset.kept().update(state=State.DRAFT)
        for record in records:
            self.log_change(request, record, "Taken back to draft.")
        messages.success(request, f"Taken back to draft: {len(records)}.")

    @admin.action(description="Bring back from the trash", permissions=["publish"])
    def restore(self, request, queryset):
        records = list(queryset.trashed())
        queryset.trashed().update(deleted_at=None)
        for record in records:
            self.log_change(request, record, "Brought back from the trash.")
        messages.success(request, f"Brought back: {len(records)}.")

    def has_publish_permission(self, request):
        return self.may_publish(request)
