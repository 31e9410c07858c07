"""The worked example about the check: its figures, recounted from 200 labelled ids. Stage: test.

`labelled_ids.tsv` has the set, an id of LiteLLM's list (MIT), and the slug of the model of our catalogue that it means,
or "-"; `names.json.gz` the names, ids of offerings and hosts of the catalogue with its imports on 28 November 2026, as
the stack check read them.
"""

import gzip
import json
import tomllib
from collections import Counter
from pathlib import Path

from lxml import html

from articles import starter
from catalog.check.finding import StackNames

FOLDER = Path(__file__).parent
PAGE = Path(starter.__file__).with_name("recognising-model-names.html")


def catalogue(folder: Path = FOLDER) -> tuple[StackNames, list[str], dict]:
    written = json.loads(gzip.decompress((folder / "names.json.gz").read_bytes()))
    slugs = sorted({slug for _, slug in written["names"]})
    keys = {slug: key for key, slug in enumerate(slugs, start=1)}
    names = [(name, keys[slug]) for name, slug in written["names"]]
    ids = [(api_id, keys[slug], host, number) for number, (api_id, slug, host) in enumerate(written["ids"], start=1)]
    return StackNames(names, ids, written["hosts"]), slugs, written


def cases() -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / "labelled_ids.tsv").read_text().splitlines()]


def test_figures_of_the_example_for_today_are_what_the_check_answers():
    names, slugs, written = catalogue()
    counts, errors, silent = {"1": Counter(), "2": Counter()}, [], 0
    for number, api_id, label in cases():
        models, unknown, *_ = names.find(f"model: {api_id}")
        found = [slugs[key - 1] for key in models]
        kind = "correct" if found == [label] * (label != "-") else "wrong" if found else "missed"
        counts[number][kind] += 1
        if kind != "correct":
            errors.append(api_id.rpartition("/")[2])
            silent += kind == "missed" and not unknown
    assert silent == 0

    known = {api_id.lower() for api_id, *_ in written["ids"]}
    ends = [["/".join(api_id.lower().split("/")[n:]) for n in range(9)] for _, api_id, _ in cases()]
    assert sum(not known.isdisjoint(some) for some in ends) == 73
    assert (len(written["names"]), len(written["ids"])) == (1235, 4113)

    page = html.fromstring(f"<div>{PAGE.read_text()}</div>")
    first, second = (
        [[cell.text_content() for cell in row] for row in table.iter("tr")] for table in page.iter("table")
    )
    for row, number in ((first[4], "1"), (first[5], "2")):
        assert row[1:] == [str(counts[number][kind]) for kind in ("correct", "missed", "wrong")]
    listed = [row[0] for row in second[1:]]
    assert len(listed) - len(errors) == 3, "“three of the nine”"
    assert set(errors) <= set(listed)
    details = tomllib.loads(PAGE.with_suffix(".toml").read_text())["details"]
    measured = [int(count) for count in first[3][1:]]
    assert [value for _, value in details[:3]] == ["95 of 100", "3 of 46", "2 of 100"]
    assert [measured[0], measured[2], measured[1]] == [
        int(line.split()[0]) for line in dict(details)["Of 100 ids in the second set"].splitlines()
    ]


def test_the_two_sets_have_100_different_ids_each():
    assert Counter(number for number, *_ in cases()) == {"1": 100, "2": 100}
    assert len({api_id for _, api_id, _ in cases()}) == 200
