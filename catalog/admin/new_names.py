"""Fields that choose a record, or add one as a draft under the name that is typed (static/js/new-names.js)."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.forms import Script

from ops.http.query_params import key_in
from publishing.content.publishable import State


class NewNamesMixin(AutocompleteMixin):
    """For a widget with search: what is typed is offered as a new name, after the records that were found."""

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-tags": "true"}

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list:
        typed = [text for text in value if text and key_in(str(text)) is None]
        groups = super().optgroups(name, [text for text in value if text not in typed], attr)
        groups[0][1].extend(self.create_option(name, text, f"{text} (new)", True, 0) for text in typed)  # pyright: ignore[reportAttributeAccessIssue] of the select
        return groups

    @property
    def media(self):
        scripts: Any = [Script("js/new-names.js", type="module")]
        return super().media + forms.Media(js=scripts)


class NewNamesSelect(NewNamesMixin, AutocompleteSelectMultiple):
    pass


def record_or_draft(records: Any, text: str) -> Any:
    """Return the record with this name in any case, or else an unsaved draft of that name. Raises ValidationError."""
    record = records.filter(name__iexact=text).first()
    if record is None:
        record = records.model(name=text, state=State.DRAFT)
        record.clean_fields(exclude={"slug", "last_changed_at"})
    return record


class NewNameField(forms.ModelChoiceField):
    """Returns a stored record or an unsaved draft."""

    def to_python(self, value: Any) -> Any:
        is_name = isinstance(value, str) and value.strip() and key_in(value) is None
        return record_or_draft(self.queryset, value.strip()) if is_name else super().to_python(value)


class NewNamesField(forms.ModelMultipleChoiceField):
    """Returns a list of stored records and unsaved drafts."""

    def clean(self, value: Any) -> list:
        texts = [text.strip() for text in value or () if isinstance(text, str) and text.strip()]
        names = [text for text in texts if key_in(text) is None]
        keys = [text for text in texts if key_in(text) is not None]
        if self.required and not texts:
            raise ValidationError(self.error_messages["required"], code="required")
        stored = super().clean(keys) if keys else ()
        return [*stored, *(record_or_draft(self.queryset, name) for name in dict.fromkeys(names))]
