"""The sections in the form of a page: a form for each section and row, in the order in which the browser sends them.

`name` of the field repeats for the keys of the sections, `name-KEY-rows` for those of its rows; the fields of a section
are `name-KEY-title`, those of a row `name-KEY-ROW-title`. A script moves the elements and fetches new ones as HTML.
"""

from secrets import token_hex
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import Script
from django.forms.boundfield import BoundField
from django.http import QueryDict
from js_asset import ImportMap, Media

from articles.models import ArticleAuthor, PlacedQuestion, ReadAlso
from articles.sections import schema
from publishing.admin.image_chooser import ImageChooser
from publishing.admin.richtext_widget import RichTextWidget
from publishing.content.permissions import AnyUser, has_permission
from publishing.images.models import Image
from publishing.templatetags.publishing_admin import ErrorLine

# The foreign keys through which Django's autocomplete looks for records.
RELATIONS = {
    "articles.author": ArticleAuthor._meta.get_field("author"),
    "faq.question": PlacedQuestion._meta.get_field("question"),
    "articles.article": ReadAlso._meta.get_field("other"),
}


class SeenChoice(forms.ModelChoiceField):
    """The chosen record; a draft that the user may not see has no title here."""

    user: AnyUser

    def label_from_instance(self, obj: Model) -> str:
        seen = type(obj).objects.for_staff(self.user)  # pyright: ignore[reportAttributeAccessIssue] a Publishable
        return str(obj) if seen.filter(pk=obj.pk).exists() else "A draft of another person"


class SectionsWidget(forms.Widget):
    template_name = "admin/articles/sections.html"
    is_complete = False  # whether required fields count as errors

    def __init__(self, admin: BaseModelAdmin, user: AnyUser, url: str):
        super().__init__()
        self.admin, self.user, self.url = admin, user, url

    @property
    def media(self) -> Any:
        widgets = RichTextWidget(), ImageChooser(), AutocompleteSelect(RELATIONS["faq.question"], self.admin.admin_site)
        scripts = Media(importmap=ImportMap({"rows": "js/rows.js"}), js=[Script("js/sections.js", type="module")])
        return sum((widget.media for widget in widgets), scripts)

    def value_from_datadict(self, data: QueryDict, files: Any, name: str) -> list[dict]:
        return [self.sent(data, f"{name}-{key}") for key in data.getlist(name)[: schema.MOST + 1]]

    def value_omitted_from_data(self, data: QueryDict, files: Any, name: str) -> bool:
        return False  # without any, all were deleted

    def sent(self, data: QueryDict, prefix: str) -> dict:
        """Return a section as it was sent, with its rows."""
        kind = data.get(f"{prefix}-type", "")
        form_class = schema.TYPES.get(kind)
        if form_class is None:
            return {"type": kind}
        rows = {}
        if form_class.rows:
            keys = data.getlist(f"{prefix}-rows")[: schema.MOST + 1]
            rows = {form_class.rows: [self.sent_fields(form_class.row, data, f"{prefix}-{key}") for key in keys]}
        return {"type": kind, **self.sent_fields(form_class, data, prefix), **rows}

    def sent_fields(self, form_class: type[schema.SectionForm], data: QueryDict, prefix: str) -> dict:
        fields = form_class.base_fields.items()
        return {name: field.widget.value_from_datadict(data, {}, f"{prefix}-{name}") for name, field in fields}

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        items = [self.item(name, section, str(number)) for number, section in enumerate(value or [])]
        types = [(name, form_class.title_of_type, form_class.about) for name, form_class in schema.TYPES.items()]
        return context | {"sections": [item for item in items if item], "types": types, "url": self.url}

    def item(self, name: str, section: dict, key: str = "") -> dict | None:
        """Return the context of a section with a new key by default; None for an unknown type."""
        form_class = schema.TYPES.get(section["type"])
        if form_class is None:
            return None
        key = key or token_hex(4)
        prefix = f"{name}-{key}"
        context = {"name": name, "key": key, "type": section["type"], "form": self._form(form_class, section, prefix)}
        if form_class.rows:
            rows = section.get(form_class.rows, [])
            context["rows"] = [self.row(form_class.row, prefix, row, str(number)) for number, row in enumerate(rows)]
            context["row_type"] = form_class.row.title_of_type
        return context

    def row(self, form_class: type[schema.SectionForm], prefix: str, values: Any, key: str = "") -> dict:
        """Return the context of a row of the section with this prefix."""
        key = key or token_hex(4)
        form = self._form(form_class, schema.as_row(form_class, values), f"{prefix}-{key}")
        return {"name": f"{prefix}-rows", "key": key, "form": form}

    def _form(self, form_class, values: dict, prefix: str) -> schema.SectionForm:
        sent = {f"{prefix}-{name}": value for name, value in values.items()}
        form = form_class(sent, is_complete=self.is_complete, prefix=prefix)
        for field in form.fields.values():
            field.widget = self._widget(field)
        return form

    def _widget(self, field: Any) -> Any:
        match field:
            case schema.RichText():
                return RichTextWidget()
            case schema.ImageKey():
                return ImageChooser(*(has_permission(self.user, name, Image) for name in ("add", "change")))
            case schema.RecordKey():
                relation = RELATIONS[field.model_label]
                choice = SeenChoice(relation.related_model._base_manager.all(), required=False)  # pyright: ignore[reportOptionalMemberAccess]
                choice.user = self.user
                return AutocompleteSelect(relation, self.admin.admin_site, choices=choice.choices)
            case schema.Paragraphs():
                return AdminTextareaWidget({"rows": 3})
            case schema.Line():
                return AdminTextInputWidget()
        return field.widget


class SectionsBoundField(BoundField):
    """Shows the errors of required fields beside them if the form was refused for one."""

    def error_lines(self) -> list[ErrorLine]:
        """Return the errors for the list above the form; each leads to its own field."""
        return [self._error_line(error) for error in self.errors.as_data()]

    def _error_line(self, error: ValidationError) -> ErrorLine:
        if not (error.code or "").startswith(schema.FIELD):
            return ErrorLine(f"{self.auto_id}_error", str(self.label), " ".join(error.messages))
        label, _, message = str(error.message).partition(": ")
        return ErrorLine(f"{self.auto_id}-{(error.code or '').removeprefix(schema.FIELD)}", label, message)

    def as_widget(self, *args: Any, **options: Any) -> Any:
        self.field.widget.is_complete = bool(self.errors)
        return super().as_widget(*args, **options)


class SectionsFormField(forms.Field):
    is_complete = False  # whether required fields must be filled, as for readers

    def __init__(self, **options: Any):
        super().__init__(required=False, **options)

    def clean(self, value: list[dict]) -> list[dict]:
        return schema.cleaned(value, self.is_complete)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != schema.cleaned(data or [])
        except ValidationError:
            return True

    def get_bound_field(self, form: Any, field_name: str) -> SectionsBoundField:
        return SectionsBoundField(form, self, field_name)
