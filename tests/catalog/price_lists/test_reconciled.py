"""The worked example about two price lists: its figures, computed again from both lists and from labels. Stage: test.

`lists.json.gz` has what the two lists state about prices, MIT licences, for the suppliers that both have: models.dev of
2 July 2026 with its history, US dollars per million tokens, and LiteLLM 1.110.2, US dollars per token. `labels.tsv` has
a stage, supplier, id and label for each line that was labelled: whether the line found in the other list is the same
offer, or the cause of a difference.
"""

import gzip
import json
import random
import tomllib
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from math import comb
from pathlib import Path
from typing import NamedTuple

from lxml import html

from articles import starter
from catalog.importers.litellm import prices as litellm_prices
from catalog.importers.litellm.offerings import PROVIDERS, entries_of, id_of
from catalog.importers.matching import HARMLESS, bare_ids, key_of, words_of
from catalog.importers.models_dev.offerings import prices_of
from ops.http.slugs import slug_for
from tests.catalog.feeds import real

FOLDER = Path(__file__).parent
PAGE = Path(starter.__file__).with_name("reconciling-two-price-lists.html")
DRAW = 20261128  # the seed of both samples
WRONG = {"other", "unclear", "missed"}  # labels of errors

type Line = tuple[str, str]  # supplier and id
type Amounts = tuple[Decimal | None, ...]  # of input and output, in US dollars per million tokens


class Found(NamedTuple):
    """Lines of list A with those of list B: by the same id, proposed by the words of the name, or neither."""

    same: dict[Line, Amounts]
    proposed: dict[Line, Amounts]
    rest: set[Line]


@cache
def lists() -> dict:
    return json.loads(gzip.decompress((FOLDER / "lists.json.gz").read_bytes()))


@cache
def labels() -> dict[str, dict[Line, str]]:
    found = defaultdict(dict)
    for line in (FOLDER / "labels.tsv").read_text().splitlines():
        stage, supplier, api_id, label = line.split("\t")
        found[stage][supplier, api_id] = label
    return found


def ordinary(stated: dict) -> Amounts:
    """Return the prices of input and output that apply to every request."""
    rows = (stated.get((meter, 0, "", "")) for meter in ("input", "output"))
    return tuple(row and row.amount for row in rows)


def is_priced(amounts: Amounts) -> bool:
    return None not in amounts and any(amounts)


@cache
def list_a() -> dict[Line, Amounts]:
    lines = {
        (supplier, api_id): ordinary(prices_of(cost))
        for supplier, offers in lists()["models.dev"].items()
        for api_id, cost in offers.items()
    }
    return {line: amounts for line, amounts in lines.items() if is_priced(amounts)}


def supplier_of(written: str) -> str:
    family = "vertex_ai" if written.startswith("vertex_ai-") else written
    return PROVIDERS.get(family) or slug_for(family, "provider")


@cache
def list_b() -> dict[str, tuple[str, str, Amounts]]:
    lines = {}
    for entry in entries_of(lists()["LiteLLM"]):
        written = entry.data["litellm_provider"]
        amounts = ordinary(litellm_prices.read(entry.data))
        if is_priced(amounts):
            lines[entry.key] = supplier_of(written), id_of(entry.key, written), amounts
    return lines


def forms(api_id: str) -> list:
    """Return what the words of an id may be, the most exact first: the last leaves out words such as “instruct”."""
    bare = [*bare_ids(api_id.lower())]
    harmless = [word for word in words_of(bare[-1]) if word not in HARMLESS]
    return [*(key_of(words_of(one)) for one in bare), key_of(harmless)]


@cache
def found() -> Found:
    exact, by_words, same, proposed = defaultdict(set), defaultdict(list), {}, {}
    for supplier, api_id, amounts in list_b().values():
        exact[supplier, api_id.lower()].add(amounts)
        for form in forms(api_id):
            by_words[supplier, form].append(amounts)
    for line in list_a():
        supplier, api_id = line
        if prices := exact.get((supplier, api_id.lower())):
            [same[line]] = prices  # several lines for one id have one price
        elif likely := next((by_words[supplier, form] for form in forms(api_id) if (supplier, form) in by_words), None):
            proposed[line] = likely[0]
    return Found(same, proposed, list_a().keys() - same.keys() - proposed.keys())


def test_samples_are_drawn_at_random_and_all_else_is_labelled():
    for stage, lines, number in (("same id", found().same, 100), ("not found", found().rest, 50)):
        assert set(random.Random(DRAW).sample(sorted(lines), number)) == labels()[stage].keys(), stage
    assert found().proposed.keys() == labels()["proposed"].keys()
    differing = {line for line, amounts in found().same.items() if amounts != list_a()[line]}
    assert differing == labels()["difference"].keys()
    accepted = [line for line, label in labels()["proposed"].items() if label == "same"]
    assert all(found().proposed[line] == list_a()[line] for line in accepted), "These have no differences."


def test_causes_agree_with_the_numbers():
    history = lists()["history"]
    for line, cause in labels()["difference"].items():
        a, b = list_a()[line], found().same[line]
        ratios = [two / one for one, two in zip(a, b, strict=True) if one]
        former = [tuple(Decimal(str(one)) for one in stated) for _, *stated in history.get("/".join(line), [])]
        about = f"{line}: {a} and {b}"
        if cause == "rounding":
            assert all(abs(ratio - 1) < Decimal("0.015") for ratio in ratios), about
        elif cause == "surcharge":
            up = [ratio if ratio > 1 else 1 / ratio for ratio in ratios]
            assert max(up) - min(up) < Decimal("0.002"), about
            assert min(abs(up[0] - Decimal(factor)) for factor in ("1.1", "1.25")) < Decimal("0.001"), about
        elif cause == "meter":
            key = next(key for key, (*place, _) in list_b().items() if tuple(place) == line)
            image = litellm_prices.read(lists()["LiteLLM"][key])["output_image", 0, "", ""]
            assert (a[0], a[1]) == (b[0], image.amount), about
        elif cause in {"old", "currency"}:
            assert b in former[:-1], about
        elif cause == "mistake":
            assert [3 * amount for amount in b] == [*a], about
        elif cause == "name":
            assert line[1].endswith("-latest") or line[0] == "deepseek", about


def test_page_states_the_figures():
    causes, proposed = (Counter(labels()[stage].values()) for stage in ("difference", "proposed"))
    compared = len(found().same) + proposed["same"]
    read, differ = len(labels()["difference"]) + len(found().proposed), len(labels()["difference"])
    entry = tomllib.loads(PAGE.with_suffix(".toml").read_text())
    details = entry["details"]
    assert f"people read {read} of {len(list_a()):,} lines" in entry["summary"]
    assert [value for _, value in details[:3]] == [
        f"{read * 5 / 60:.0f} hours",
        f"{compared - differ} of {compared}",
        f"{causes['open']} of {differ}",
    ]
    drawn = [int(line.split()[0]) for line in dict(details)[f"Of {len(list_a()):,} lines"].splitlines()]
    untouched = len(list_a()) - read - len(found().rest)
    assert drawn == [untouched, causes["open"], read - causes["open"], len(found().rest)]
    result = dict(details)["Result"]
    assert f"instead of {len(list_a()) * 2 / 60:.0f}, assuming" in details[0][0]
    assert f"five for each of the {read} read" in details[0][0]
    assert f"{read} lines for people" in result
    page = html.fromstring(f"<div>{PAGE.read_text()}</div>")
    for lines, each in ((len(list_a()), 2), (read, 5)):
        minutes = f"{lines:,} × {each} = {lines * each:,} minutes, or {lines * each / 60:.0f} hours"
        assert minutes in page.text_content()
    tables = [[[cell.text_content() for cell in row] for row in table.iter("tr")][1:] for table in page.iter("table")]
    by_stage, by_cause, largest, errors = tables
    assert [int(row[1]) for row in by_stage] == [len(found().same), len(found().proposed), len(found().rest)]
    assert [int(row[1]) for row in by_cause] == [
        causes[cause] for cause in ("surcharge", "rounding", "name", "currency", "meter", "old", "mistake", "open")
    ]
    wrong = [line for lines in labels().values() for line, label in lines.items() if label in WRONG]
    assert sorted(row[0] for row in errors) == sorted(api_id for _, api_id in wrong)

    differences = [line for line, cause in labels()["difference"].items() if cause == "open"]
    factors = {line: max(abs((b / a).ln()) for a, b in pairs(line) if a and b) for line in differences}
    order = sorted(differences, key=lambda line: factors[line])[: -len(largest) - 1 : -1]
    shown = [
        (row[0].split(" at ")[0], *([Decimal(one) for one in cell.split(" / ")] for cell in row[1:])) for row in largest
    ]
    assert shown == [(line[1], [*list_a()[line]], [*found().same[line]]) for line in order]

    steps = [int(item.text_content().split()[0].replace(",", "")) for item in page.findall(".//li//strong")[:5]]
    matched = len(found().same) + len(found().proposed)
    assert steps == [len(list_a()), matched, compared, differ, causes["open"]]
    words = page.text_content()
    assert f"people read these too, {read} lines in all" in words
    assert f"{len(list_a()):,} lines of prices: {read} for people, {causes['open']} for the" in entry["title"]
    assert len({supplier for supplier, _ in list_a()}) == 40
    assert f"{len(list_b()):,} lines" in words
    assert f"finds {sum(api_id in list_b() for _, api_id in list_a())} of the" in words
    *_, (_, *before), (on, *after) = lists()["history"]["deepseek/deepseek-v4-pro"]
    assert (on[:7], [4 * amount for amount in after]) == ("2026-05", before)
    signs = Counter(frozenset((b > a) - (b < a) for a, b in pairs(line) if a != b) for line in differences)
    lower, higher, mixed = (signs[frozenset(sign)] for sign in ([-1], [1], [-1, 1]))
    assert f"{lower} are lower in the later list, {higher} higher, {mixed} mixed" in words
    assert f"for {differ - causes['open'] - causes['name']} of the {differ - causes['open']} causes" in words
    same, rest = (Counter(labels()[stage].values()) for stage in ("same id", "not found"))
    assert (same["same"], rest["missed"], rest["no price"], rest["absent"]) == (98, 1, 3, 46)
    missed = round(highest_share(rest["missed"], rest.total()) * len(found().rest))
    assert f"nobody reads the {len(found().rest)} that were not found, and up to {missed} of them" in result
    assert f"a sample of {rest.total()} says that up to {missed} of them" in words
    assert f"which would be {missed} lines" in words


def highest_share(cases: int, number: int) -> float:
    """Return the upper limit of the exact interval of 95 per cent (Clopper and Pearson), to a thousandth of a point."""
    shares = (share / 100_000 for share in range(100_001))
    return next(
        share
        for share in shares
        if sum(comb(number, one) * share**one * (1 - share) ** (number - one) for one in range(cases + 1)) <= 0.025
    )


def pairs(line: Line) -> list[tuple]:
    return [*zip(list_a()[line], found().same[line], strict=True)]


def test_stored_lists_are_parts_of_the_real_ones():
    offers = real("models-dev/api.json")
    for supplier, stored in lists()["models.dev"].items():
        theirs = {api_id: one["cost"] for api_id, one in offers[supplier]["models"].items() if "cost" in one}
        assert {api_id: sorted(cost) for api_id, cost in theirs.items()} == {
            api_id: sorted(cost) for api_id, cost in stored.items()
        }
        assert all(float(stored[api_id].get("input", 0)) == cost.get("input", 0) for api_id, cost in theirs.items())
    entries = real("litellm/model_prices_and_context_window.json")
    for key, stored in lists()["LiteLLM"].items():
        assert {name: value for name, value in entries[key].items() if name in stored}.keys() == stored.keys()
        for name in ("input_cost_per_token", "output_cost_per_token"):
            assert float(stored.get(name, 0)) == float(entries[key].get(name, 0)), key
