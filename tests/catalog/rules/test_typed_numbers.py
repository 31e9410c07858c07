"""Numbers as people type them."""

from decimal import Decimal

import pytest

from catalog.rules.typed_numbers import typed_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("100k", "100000"),
        ("128K", "128000"),
        ("1m", "1000000"),
        ("1.5 M tokens", "1500000"),
        ("2 million", "2000000"),
        ("2,000", "2000"),
        ("1,000,000", "1000000"),
        ("1 000 000", "1000000"),
        ("1\u202f000", "1000"),
        ("1'000", "1000"),
        ("1_000", "1000"),
        ("$1", "1"),
        ("0.25 USD", "0.25"),
        ("0,5", "0.5"),
        ("1,234.50", "1234.5"),
        ("40 %", "40"),
        (".5", "0.5"),
        ("1e6", "1000000"),
        ("1.5e3", "1500"),
        ("100.000", "100"),
    ],
)
def test_numbers_are_understood_as_people_type_them(text, number):
    assert typed_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "-1",
        "1e13",
        ".",
        "1€",
        "1,00,000",
        "1,000 000",
        "1.2.3",
        "k",
        "1kk",
        "0x10",
        "٣",
        "0,125",
        "1,0000",
        "9" * 16,
        "5 days",
    ],
)
def test_other_text_is_no_number(text):
    assert typed_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100.000", "100000"),
        ("1.000.000 tokens", "1000000"),
        ("128.000", "128000"),
        ("1.048M", "1048000"),
        ("0.125", "0.125"),
        ("1.5", "1.5"),
    ],
)
def test_dots_before_three_digits_separate_thousands_of_whole_numbers(text, number):
    assert typed_number(text, is_whole=True) == Decimal(number)
