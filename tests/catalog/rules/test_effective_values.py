"""Which values are in force at an offering."""

from catalog.rules.facts import OFFERING_FACTS, SHARED_FACTS, effective

MODEL = dict.fromkeys(fact.name for fact in SHARED_FACTS) | {
    "openness": "restricted_weights",
    "context_tokens": 128_000,
    "structured_output": True,
    "input_modalities": [{"id": "1", "slug": "text", "name": "Text"}],
    "output_modalities": [],
}


def offering(**stated):
    return dict.fromkeys(fact.name for fact in OFFERING_FACTS) | {"inherits": True, "not_inherited": []} | stated


def test_what_an_offering_does_not_state_is_as_its_model_says():
    found = effective(offering(context_tokens=32_000, reasoning=False), MODEL)
    assert (found["context_tokens"], found["reasoning"], found["structured_output"]) == (32_000, False, True)
    assert (found["input_modalities"], found["output_modalities"]) == (MODEL["input_modalities"], None)
    assert found["open_weights"] is True
    assert effective(offering(), MODEL | {"openness": "api_only"})["open_weights"] is False


def test_what_is_not_inherited_is_unknown():
    found = effective(offering(not_inherited=["structured_output"]), MODEL)
    assert (found["structured_output"], found["context_tokens"]) == (None, 128_000)


def test_an_offering_that_inherits_nothing_or_has_no_model_has_its_own_values_alone():
    for document, model in ((offering(inherits=False, temperature=True), MODEL), (offering(temperature=True), None)):
        assert {name: value for name, value in effective(document, model).items() if value is not None} == {
            "temperature": True
        }


def test_the_data_policy_is_never_inherited():
    assert "retention_days" not in effective(offering(retention_days=30), MODEL | {"retention_days": 0})
