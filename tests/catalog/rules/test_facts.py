"""The declaration of facts agrees with the tables, and with the fields that models.dev does not have."""

import pytest
from django.core.exceptions import FieldDoesNotExist

from catalog.models import AIModel, Offering
from catalog.rules.facts import FACTS, MODEL_FACTS, OFFERING_FACTS, FactKind, FactPlace, covered_by, values_in

COLUMNS = {
    FactKind.CHOICE: "CharField",
    FactKind.TEXT: "CharField",
    FactKind.URL: "URLField",
    FactKind.DATE: "PartialDateField",
    FactKind.YES_NO: "BooleanField",
    FactKind.RECORD: "ForeignKey",
}


@pytest.mark.parametrize(("model", "facts"), [(AIModel, MODEL_FACTS), (Offering, OFFERING_FACTS)])
def test_every_fact_is_a_field_of_its_kind(model, facts):
    for fact in facts:
        field = model._meta.get_field(fact.name)
        if fact.kind is FactKind.COUNT:
            assert field.get_internal_type().endswith("IntegerField")
        elif fact.is_value or fact.kind is FactKind.RECORD:
            assert type(field).__name__ == COLUMNS[fact.kind]
        assert dict(field.choices or ()) == dict(fact.choices.choices if fact.choices else ())


def test_a_fact_of_one_subject_is_no_field_of_the_other():
    for fact in {*MODEL_FACTS} ^ {*OFFERING_FACTS}:
        other = Offering if fact in MODEL_FACTS else AIModel
        with pytest.raises(FieldDoesNotExist):
            other._meta.get_field(fact.name)


def test_names_are_unique():
    assert len({fact.name for fact in FACTS}) == len(FACTS)


def test_facts_of_a_filter_are_yes_or_no_or_choices():
    assert {fact.kind for fact in values_in(FactPlace.FILTER)} == {FactKind.YES_NO, FactKind.CHOICE}


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["limit.input", "structured_output", "cost.tiers"], ["max_input_tokens", "structured_output"]),
        (["limit"], ["context_tokens", "max_input_tokens", "max_output_tokens"]),
        (["limi", "", "reasoning_options"], []),
    ],
)
def test_what_models_dev_omits_is_named_by_our_facts(paths, names):
    assert covered_by(paths) == names
