"""Form fields of the admin, also in inlines."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone_name
from taggit.managers import TaggableManager

from publishing.admin.image_chooser import ImageChooser
from publishing.admin.richtext_widget import RichTextWidget
from publishing.content.dates import moment_in_words
from publishing.content.permissions import has_permission
from publishing.content.prose import Prose
from publishing.images.models import Image
from publishing.rendering.texts import Texts
from publishing.richtext import RichTextField

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9990, 1, 1, tzinfo=UTC)
MOMENT_ERRORS = {"invalid_date": "Choose a date.", "invalid_time": "Choose a time."}


class DateInput(forms.DateInput):
    """The browser's own: one format and calendar everywhere, in the reader's language."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


class PlainDecimalField(forms.DecimalField):
    """Shows 1.25 for 1.250000000, as some databases pad it."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class MomentInput(forms.SplitDateTimeWidget):
    """Date and time beside each other."""

    def __init__(self, attrs=None):
        forms.MultiWidget.__init__(self, [DateInput({"aria-label": "Date"}), TimeInput({"aria-label": "Time"})], attrs)


class FieldsMixin(BaseModelAdmin):
    """For a ModelAdmin or inline: times name their zone, users are staff, related records cannot be deleted here."""

    formfield_overrides = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
        RichTextField: {"widget": RichTextWidget},
        models.DateField: {"widget": DateInput},
        models.DateTimeField: {"widget": MomentInput, "error_messages": MOMENT_ERRORS},
        models.DecimalField: {"form_class": PlainDecimalField},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TaggableManager):
            return self._tag_choice(db_field, request)
        if isinstance(db_field, models.ForeignKey) and db_field.related_model is Image:
            chooser = ImageChooser(*(has_permission(request.user, name, Image) for name in ("add", "change")))
            return self.formfield_for_foreignkey(db_field, request, widget=chooser)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateTimeField) and field:
            # Later dates could be outside the supported range in another time zone.
            field.validators += [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
            field.help_text = f"{field.help_text} Time zone: {get_current_timezone_name()}.".lstrip()
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # The button could be mistaken for one that clears the field; records are deleted on their own page.
            field.widget.can_delete_related = False
        return field

    def _tag_choice(self, db_field, request):
        """Tags are chosen from existing ones or added beside the field, which prevents accidental variant spellings."""
        relation = db_field.remote_field
        may_add = self.admin_site.get_model_admin(relation.model).has_add_permission(request)
        widget = AutocompleteSelectMultiple(db_field, self.admin_site)
        return forms.ModelMultipleChoiceField(
            queryset=relation.model.objects.not_trashed(),
            required=not db_field.blank,
            label=str(db_field.verbose_name).capitalize(),
            help_text=db_field.help_text,
            widget=RelatedFieldWidgetWrapper(widget, relation, self.admin_site, can_add_related=may_add),
        )

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is get_user_model():
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=True).order_by("username")
        elif issubclass(db_field.related_model, Prose):
            # An autocomplete field shows the title for any key sent, so drafts of others must not be valid choices.
            kwargs["queryset"] = db_field.related_model.objects.for_staff(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TitleWidget(AdminTextareaWidget):
    """A title as long as it is, on as many lines as it needs, but without line breaks of its own."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return " ".join(value.splitlines()) if isinstance(value, str) else value


def section(title: str | None, *fields: str | tuple[str, ...], **options: Any) -> tuple[str | None, Any]:
    """Return a fieldset; `options` are those of Django, such as its `description`."""
    return title, {"fields": list(fields), **options}


def with_fields(fieldsets: Iterable, change: Callable) -> list:
    """Return the fieldsets with `change` applied to the fields of each."""
    return [(title, {**options, "fields": change(options["fields"])}) for title, options in fieldsets]


def column(description: str, value: Callable[[Any], object], ordering: str | None = None) -> Callable:
    """Return a display method for what `value` returns of a record, for a list or a form."""

    @admin.display(description=description, ordering=ordering)
    def shown(self, record):
        return value(record)

    return shown


def moment_column(description: str, name: str) -> Callable:
    """Return a display method for the date and time in the field `name`."""
    return column(description, lambda record: moment_in_words(getattr(record, name)), name)


def readonly_text(field: models.Field) -> Callable:
    """Return a display method for the rich text of `field`, rendered as on the page, for users who may not change
    it."""

    @admin.display(description=field.verbose_name)
    def text(record):
        body = getattr(record, field.name)
        return render_to_string("admin/publishing/text.html", {"texts": Texts(body), "body": body})

    return text
