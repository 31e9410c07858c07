"""A field of the site settings: which of the starter's texts about the firm to keep."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest

from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Action
from publishing.workflow.starter import firm_texts


class TextsWidget(forms.CheckboxSelectMultiple):
    template_name = "admin/publishing/firm_texts.html"
    addresses: dict[str, str]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict:
        return super().create_option(name, value, *args, **kwargs) | {"address": self.addresses.get(str(value), "")}


class FirmTextsField(forms.MultipleChoiceField):
    """The texts that readers see are ticked. Only those whose tick was changed are published or returned to draft, so
    that what others do while the form is open is left alone."""

    widget = TextsWidget
    records: dict[str, Publishable]

    def __init__(self):
        super().__init__(label="Texts to keep", required=False, show_hidden_initial=True)
        self.records = {}

    def offer(self, user: AnyUser) -> list[str]:
        """Offer the texts that `user` may publish; return the keys of the public ones."""
        groups = {
            title: {_key(text): text for text in texts if may_publish(user, text.search_kind())}
            for title, texts in firm_texts().items()
        }
        self.records = {key: text for texts in groups.values() for key, text in texts.items()}
        self.widget.addresses = {key: text.get_absolute_url() for key, text in self.records.items()}
        self.choices = [
            (title, [(key, str(text)) for key, text in texts.items()]) for title, texts in groups.items() if texts
        ]
        return [key for key, text in self.records.items() if text.state == State.PUBLISHED]

    def valid_value(self, value: object) -> bool:
        return True  # a text that is in the trash meanwhile is no error


def keep(request: HttpRequest, site: AdminSite, form: forms.Form, name: str) -> None:
    """Publish and return to draft the texts whose ticks were changed in the field `name`. Messages name problems."""
    field = cast(FirmTextsField, form.fields[name])
    initial = field.hidden_widget().value_from_datadict(form.data, form.files, form.add_initial_prefix(name))
    ticked_before, ticked_now = set(initial), set(form.cleaned_data[name])
    for keys, action, outcome in (
        (ticked_before - ticked_now, Action.UNPUBLISH, "returned to draft"),
        (ticked_now - ticked_before, Action.PUBLISH, "published"),
    ):
        for record in _records_of(field, keys):
            kind = record.search_kind()
            admin: Any = site.get_model_admin(kind)
            admin.perform_on_each(request, kind._default_manager.filter(pk=record.pk), action, outcome)


def _records_of(field: FirmTextsField, keys: Iterable[str]) -> list[Publishable]:
    return [field.records[key] for key in sorted(keys) if key in field.records]


def _key(record: Publishable) -> str:
    return f"{record._meta.label_lower}/{record.pk}"
