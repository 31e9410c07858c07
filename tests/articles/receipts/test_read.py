"""The worked example about scanned receipts: its figures, computed again from what was recognised. Stage: test.

`receipts.json.xz` has 60 receipts that rules and prompts were made on and 100 that were measured: labels, the rows that
a rule can use, the answers of the language model and processor seconds; and the sellers of all receipts but the 100.
The receipts are those of SROIE (ICDAR 2019) in zzzDavid/ICDAR-2019-SROIE at 27be427, MIT licence, drawn at random. Long
numbers without an amount or a date are zeros, and names of persons are left out. `prompts.json` has the solved receipts
that the model saw before each question, by field.
"""

import json
import lzma
import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from math import sqrt
from pathlib import Path

from lxml import html

from articles import starter
from tests.articles.receipts.reading import (
    date_by_rules,
    is_same_seller,
    paid_less_change,
    seller_by_rules,
    total_by_rules,
)

FOLDER = Path(__file__).parent
PAGE = Path(starter.__file__).with_name("reading-scanned-receipts.html")
FIELDS = ("seller", "date", "total")


@cache
def stored() -> dict:
    return json.loads(lzma.decompress((FOLDER / "receipts.json.xz").read_bytes()))


@cache
def receipts(part: str) -> list[dict]:
    return [{**one, "rules": by_rules(one["rows"])} for one in stored()["receipts"] if one["part"] == part]


def by_rules(rows: list[str]) -> dict[str, str | None]:
    day, total = date_by_rules(rows), total_by_rules(rows)
    return {
        "seller": seller_by_rules(rows),
        "date": day and day.isoformat(),
        "total": None if total is None else str(total),
    }


def is_same(field: str, one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    if field == "seller":
        return is_same_seller(one, other)
    return Decimal(one) == Decimal(other) if field == "total" else one == other


def right(receipt: dict, reader: str, fields: tuple = FIELDS) -> bool:
    return all(is_same(field, receipt[reader][field], receipt[field]) for field in fields)


def agrees(receipt: dict, fields: tuple = FIELDS) -> bool:
    return all(is_same(field, receipt["rules"][field], receipt["model"][field]) for field in fields)


def is_paid(receipt: dict) -> bool:
    """Return whether what was paid less the change is the total that the rules read."""
    paid = paid_less_change(receipt["rows"])
    return is_same("total", paid and str(paid), receipt["rules"]["total"])


def page() -> html.HtmlElement:
    return html.fromstring(f"<div>{PAGE.read_text()}</div>")


def table(place: int) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in page().findall(".//table")[place].iter("tr")][1:]


def is_found(receipt: dict) -> bool:
    return None not in receipt["rules"].values()


@cache
def is_listed(name: str | None) -> bool:
    return any(is_same_seller(name, supplier) for supplier in stored()["suppliers"])


def is_known(receipt: dict) -> bool:
    return is_found(receipt) and is_listed(receipt["rules"]["seller"])


def wrong_of(some: list[dict]) -> list[dict]:
    return [one for one in some if not right(one, "rules")]


def minutes(accepted: list[dict], every: list[dict], each: int = 1) -> int:
    """Return the work at `each` minutes for a receipt that is left and five for an error, as the page assumes."""
    return each * (len(every) - len(accepted)) + 5 * len(wrong_of(accepted))


def test_receipts_are_as_the_page_says():
    made_on, measured = receipts("made on"), receipts("measured")
    assert (len(made_on), len(measured)) == (60, 100)
    assert not {one["id"] for one in made_on} & {one["id"] for one in measured}
    words = page().text_content()
    before = sum(right(one, "rules") for one in made_on)
    assert f"all three fields of {before} correct, which is {100 * before / 60:.0f} in 100" in words
    known = [one for one in measured if any(is_same_seller(one["seller"], other["seller"]) for other in made_on)]
    new = [one for one in measured if one not in known]
    said = [sum(right(one, "rules") for one in some) for some in (known, new)]
    assert f"Of the 100, {len(known)} are from a seller that is also among the 60" in words
    assert f"read {said[0]} of these {len(known)} correctly, and {said[1]} of the other {len(new)}" in words
    assert sum(not is_listed(one["seller"]) for one in measured) == 24
    assert "Twenty-four of the 100 sellers are not on our list" in words
    seconds = [sum(one["seconds"][step] for one in measured) / 100 for step in ("recognition", "model")]
    assert f"about {seconds[0]:.0f} seconds of processor time to recognise a receipt and {seconds[1]:.0f} for" in words


def test_tables_are_what_was_read():
    every = receipts("measured")
    for shown, reader in zip(table(0), ("rules", "model"), strict=True):
        fields = [sum(right(one, reader, (field,)) for one in every) for field in FIELDS]
        assert [int(cell) for cell in shown[1:]] == [*fields, sum(right(one, reader) for one in every)]

    required = (
        (is_found,),
        (agrees,),
        (is_known,),
        (agrees, is_known),
        (is_known, is_paid),
        (agrees, is_known, is_paid),
    )
    for shown, checks in zip(table(1), required, strict=True):
        accepted = [one for one in every if all(check(one) for check in checks)]
        figures = [
            len(accepted) - len(wrong_of(accepted)),
            len(wrong_of(accepted)),
            100 - len(accepted),
            minutes(accepted, every),
        ]
        assert [int(cell) for cell in shown[1:]] == figures, shown

    unseen = wrong_of([one for one in every if agrees(one)])
    errors = [
        (field, in_words(field, one["rules"][field]), in_words(field, one[field]))
        for one in unseen
        for field in FIELDS
        if not right(one, "rules", (field,))
    ]
    assert errors == [(row[0].lower(), row[1], row[2]) for row in table(2)]
    assert all(not right(one, "rules", ("total",)) for one in unseen if is_known(one))

    left = [one for one in every if not agrees(one)]
    assert sum(int(row[1]) for row in table(3)) == len(left) + 1, "One receipt counts twice."
    for shown, field in zip(table(3), FIELDS, strict=True):
        differ = [one for one in left if not agrees(one, (field,))]
        by_rules, by_model = (sum(right(one, reader, (field,)) for one in differ) for reader in ("rules", "model"))
        neither = len(differ) - by_rules - by_model
        assert [int(cell) for cell in shown[1:]] == [len(differ), by_rules, by_model, neither]


def in_words(field: str, value: str) -> str:
    return f"{date.fromisoformat(value):%-d %B %Y}" if field == "date" else value


def test_large_figures_and_hours_follow_from_the_receipts():
    every = receipts("measured")
    agreed = [one for one in every if agrees(one)]
    accepted = [one for one in agreed if is_known(one)]
    wrong, all_wrong = len(wrong_of(accepted)), len(wrong_of(agreed))
    entry = tomllib.loads(PAGE.with_suffix(".toml").read_text())
    work, typed = minutes(accepted, every), minutes(accepted, every, each=2)
    assert [value for _, value in entry["details"][:2]] == [f"{work} to {typed} minutes", f"{wrong} of {len(accepted)}"]
    drawn = [int(line.split()[0]) for line in dict(entry["details"])["Of 100 receipts"].splitlines()]
    assert drawn == [len(accepted) - wrong, wrong, len(every) - len(accepted)]
    assert entry["title"].endswith(f"{len(accepted)} entered without a person, {wrong} errors")
    steps = [int(item.text_content().split()[0]) for item in page().findall(".//li//strong")[:4]]
    left = 100 - len(accepted)
    assert steps == [100, len(agreed), len(accepted), wrong]
    words = page().text_content()
    assert f"the other {100 - len(agreed)} are left" in words
    assert f"the other {len(agreed) - len(accepted)} are left too, so that a person sees {left} in all" in words
    assert f"{left} + 5 × {wrong} = {work} minutes" in words
    hours = [f"{10 * one / 60:.0f}" for one in (2 * len(every), work, typed)]
    assert f"For 1,000 receipts a month, {hours[0]} hours become {hours[1]}, or {hours[2]}" in words
    assert f"it is {left} × 2 + 5 × {wrong} = {typed}" in words
    by_rules = [one for one in every if is_known(one)]
    assert typed - minutes(by_rules, every, each=2) == 10
    assert "rules and list alone take ten minutes less" in words
    basis, result = (dict(entry["details"])[label] for label in ("Basis of the result", "Result"))
    assert f"{len(agreed)} accepted, {all_wrong} of them wrong" in basis
    assert result == (
        f"{len(accepted)} of {len(every)} receipts need no person, and {wrong} of these are wrong. "
        f"Without the language model it would be {len(by_rules)}, with {len(wrong_of(by_rules))} wrong."
    )
    paid = [one for one in every if is_paid(one)]
    assert f"all {len(paid)} totals are right" in words
    assert all(right(one, "rules", ("total",)) for one in paid)
    share, z = wrong / len(accepted), 1.96  # Wilson’s interval
    middle = (share + z**2 / 2 / len(accepted)) / (1 + z**2 / len(accepted))
    half = z * sqrt(share * (1 - share) / len(accepted) + (z / 2 / len(accepted)) ** 2) / (1 + z**2 / len(accepted))
    assert f"between about {100 * (middle - half):.0f} and {100 * (middle + half):.0f} in 100" in words


def test_cost_of_a_larger_model_follows_from_its_price():
    assert f"{1 * 0.10 + 0.06 * 0.50:.2f} dollars: 1 × 0.10" in page().text_content()


def test_model_sees_as_many_solved_receipts_as_the_page_says():
    prompts = json.loads((FOLDER / "prompts.json").read_text())
    solved = {field: prompts[field].count("\n\n") - 1 for field in FIELDS}  # the first part is the instruction
    assert (min(solved.values()), max(solved.values())) == (4, 10)
    assert "It sees four to ten solved receipts" in PAGE.read_text()
