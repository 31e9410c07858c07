"""Database constraints that the catalogue's tables share."""

from django.core.validators import MaxValueValidator
from django.db.models import CheckConstraint, Choices, Q

from catalog.rules.partial_dates import FORM_IN_DATABASE

# Above this, some JSON parsers lose precision of integers (RFC 7493, section 2.2). No real count is as large.
LARGEST_NUMBER = 2**53 - 1
readable_number = MaxValueValidator(LARGEST_NUMBER)


def partial_dates(*fields: str) -> list[CheckConstraint]:
    return [
        CheckConstraint(
            condition=Q(**{field: ""}) | Q(**{f"{field}__regex": FORM_IN_DATABASE}),
            name=f"%(app_label)s_%(class)s_{field}_is_a_date",
            violation_error_message="Enter a date such as 2026, 2026-11 or 2026-11-24.",
        )
        for field in fields
    ]


def above_zero(*fields: str) -> list[CheckConstraint]:
    """Return constraints for counts that are null (unknown) or at least 1, because some feeds write 0 for unknown."""
    return [
        CheckConstraint(
            condition=Q(**{field: None}) | Q(**{f"{field}__gte": 1}),
            name=f"%(app_label)s_%(class)s_{field}_above_zero",
            violation_error_message="Leave this empty if unknown; 0 is not a valid value.",
        )
        for field in fields
    ]


def one_of(field: str, choices: type[Choices], *, or_empty: bool = False) -> CheckConstraint:
    values = [*choices.values, *([""] if or_empty else [])]
    return CheckConstraint(condition=Q(**{f"{field}__in": values}), name=f"%(app_label)s_%(class)s_{field}_is_known")


def exactly_one(*fields: str) -> CheckConstraint:
    """Return the constraint that exactly one of these foreign keys is set."""
    condition = Q()
    for chosen in fields:
        condition |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return CheckConstraint(
        condition=condition,
        name="%(app_label)s_%(class)s_has_one_subject",
        violation_error_message="Choose exactly one record.",
    )
