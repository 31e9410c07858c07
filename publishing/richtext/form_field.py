"""The form field of rich text."""

from django import forms

from publishing.richtext.allowlist import check_length, clean
from publishing.richtext.document import without_fact_words


class RichTextFormField(forms.CharField):
    """A form field whose value is cleaned; the admin shows it in the editor (publishing.admin.richtext_widget)."""

    widget = forms.Textarea

    def clean(self, value):
        if isinstance(value, str):
            check_length(value)
            value = clean(value)  # first, so that a required text that is empty after cleaning is reported
            check_length(value)
        return super().clean(value)

    def has_changed(self, initial, data):
        # The editor gets the cleaned text: a text stored under older rules is not a change. Neither is the value of a
        # fact, which is always today's in the editor.
        return super().has_changed(*(self._as_compared(value) for value in (initial, data)))

    def _as_compared(self, value):
        return without_fact_words(clean(value)) if isinstance(value, str) else value
