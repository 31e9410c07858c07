"""Widgets rendered without templates have the same HTML as Django's."""

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from publishing.admin.form_renderer import FormRenderer

CHOICES = [("", "---"), ("a", "A & <b>"), (3, "three"), ("Group", [("x", "X"), ("y", mark_safe("<i>Y</i>"))])]
ATTRIBUTES = {"required": True, "disabled": False, "title": 'q"<'}
WIDGETS = [
    (forms.TextInput(ATTRIBUTES), [None, "", "x<&\"'", 5, mark_safe("<b>")]),
    (forms.NumberInput(), [5, 1.5]),
    (forms.HiddenInput(), ["value"]),
    (forms.CheckboxInput(), [True, False, None, "value"]),
    (forms.Textarea({"rows": 3}), [None, "", "a<b\n c"]),
    (forms.Select(ATTRIBUTES, CHOICES), ["a", 3, None, "y"]),
    (forms.SelectMultiple(choices=CHOICES), [["a", "x"], []]),
    (forms.RadioSelect(choices=CHOICES), ["a"]),
    (forms.CheckboxSelectMultiple(choices=CHOICES), [["a"]]),
    (forms.SplitDateTimeWidget(), [None]),
]


@pytest.mark.parametrize(("widget", "values"), WIDGETS, ids=lambda part: type(part).__name__)
def test_plain_widgets_are_written_to_the_letter_as_by_djangos_templates(widget, values):
    for value in values:
        for attributes in ({"id": "id_name"}, {}):
            expected = widget.render("na<me", value, attributes, TemplatesSetting())
            assert widget.render("na<me", value, attributes, FormRenderer()) == expected


def test_single_choices_are_written_as_by_djangos_templates():
    class Form(forms.Form):
        kind = forms.ChoiceField(choices=[("a", "A & <b>"), ("b", "B")], widget=forms.RadioSelect)

    for auto_id in ("id_%s", False):
        expected, found = (
            Form({"kind": "a"}, auto_id=auto_id, renderer=one()) for one in (TemplatesSetting, FormRenderer)
        )
        assert [str(choice) for choice in found["kind"]] == [str(choice) for choice in expected["kind"]]
        assert [choice.tag() for choice in found["kind"]] == [choice.tag() for choice in expected["kind"]]
