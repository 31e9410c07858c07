"""One statement for all check constraints of a record finds what Django finds with one for each."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.models import CheckConstraint, Model
from django.test.utils import CaptureQueriesContext

from catalog.models import AIModel, Price
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
RIGHT = {"context_tokens": None, "name": "New", "slug": "new"}
WRONG_MODELS = [
    {"context_tokens": 0},
    {"context_tokens": 0, "parameters": 0, "kind": "nonsense"},
    {"released_on": "yesterday"},
    {"existence": "unverified", "state": "published"},
    {"name": "", "state": "published"},
]
WRONG_PRICES = [
    {"amount": Decimal(-1)},
    {"amount": None},
    {"is_withdrawn": True},
    {"currency": "usd", "valid_from": "", "unit": "nonsense"},
    {"meter": "input", "valid_from": "2020"},  # another price has both
]


def errors_of(validate, *args) -> dict:
    try:
        validate(*args)
    except ValidationError as error:
        return error.message_dict
    return {}


def statements(validate, *args) -> int:
    with CaptureQueriesContext(connection) as found:
        validate(*args)
    return sum(one["sql"].startswith("SELECT") for one in found)  # the others are savepoints of the test


def checks_of(record) -> int:
    return sum(isinstance(one, CheckConstraint) for one in record._meta.constraints)


def wrong_record(model, values):
    if model is AIModel:
        return AIModel(**RIGHT | values)
    other = factories.price()
    return Price(**{"offering": other.offering, "meter": "output", "amount": 1, "valid_from": "2021"} | values)


WRONG = [*((AIModel, values) for values in WRONG_MODELS), *((Price, values) for values in WRONG_PRICES)]


@pytest.mark.parametrize(("model", "values"), WRONG)
def test_the_errors_are_those_of_django(model, values):
    record = wrong_record(model, values)
    found = errors_of(record.validate_constraints)
    assert found
    assert found == errors_of(Model.validate_constraints, record)
    assert errors_of(record.validate_constraints, {"context_tokens", "amount"}) == errors_of(
        Model.validate_constraints, record, {"context_tokens", "amount"}
    )


@pytest.mark.parametrize("model", [AIModel, Price])
def test_a_right_record_costs_one_statement_for_all_checks(model):
    record = wrong_record(model, {})
    others = len(record._meta.constraints) - checks_of(record)
    assert checks_of(record) > 6
    assert statements(record.validate_constraints) == 1 + others
    assert statements(record.validate_constraints, {"notice"}) > others + 6
    assert statements(Model.validate_constraints, record) == checks_of(record) + others


def test_each_is_asked_alone_if_the_database_cannot_compute_all():
    record, asked = AIModel(**RIGHT | {"context_tokens": 0}), []

    def fails_at_first(execute, sql, params, many, context):
        asked.append(sql)
        if len(asked) == 1:
            raise DatabaseError("out of range")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fails_at_first):
        found = errors_of(record.validate_constraints)
    assert "0 is not a valid value" in str(found)
    assert len(asked) > checks_of(record)
