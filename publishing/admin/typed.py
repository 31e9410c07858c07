"""What stands in a form that nobody pressed a button of: for what saves by itself and for previews."""

from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.utils.text import capfirst

from publishing.admin.draft_form import DraftForm


@dataclass(frozen=True)
class Typed:
    """`content` is what can be kept of what was typed, `problems` say what cannot, in sentences."""

    form: DraftForm
    content: dict
    problems: list[str]


class TypedMixin:
    """For a ModelAdmin of records with drafts."""

    def record_to_write(self, request, object_id):
        """The record of that key, as its form begins from it; None for the form that adds one. Raises as its form does
        where there is none, or one may not change it."""
        if object_id is not None:
            return self.record_to_change(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        return None

    def read_typed(self, request, record) -> Typed:
        """Read the form that was sent, of a record or of one to be added, however far it is from complete."""
        is_stored = record is not None
        form = self.get_form(request, record, change=is_stored)(request.POST, request.FILES, instance=record)
        form.full_clean()
        problems = sentences_of(form, form.unreadable)
        formsets, _ = self._create_formsets(request, form.instance, change=is_stored)
        for formset in formsets:
            name = capfirst(formset.model._meta.verbose_name)
            rows = [] if formset.is_valid() else [row for row in formset.forms if row.errors]
            problems += [f"{name}: {sentence}" for row in rows for sentence in sentences_of(row)]
            problems += [f"{name}: {sentence}" for sentence in formset.non_form_errors()]
        self.save_model(request, form.instance, form, is_stored)  # which saves nothing, but says whose it is
        return Typed(form, form.content(formsets), problems)


def sentences_of(form, names=None) -> list[str]:
    """What is wrong with a form, or with some fields of it."""
    return [
        sentence if name == NON_FIELD_ERRORS else f"{form.fields[name].label}: {sentence}"
        for name, sentences in form.errors.items()
        for sentence in sentences
        if names is None or name in names
    ]
