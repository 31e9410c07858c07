"""Who says so: the level of a value by its sources, and the words for it."""

from datetime import date

import pytest

from catalog.rules.choices import Level
from catalog.rules.levels import Said, is_checked_by_firm, said_by_source, said_of_value

DAY = date(2026, 12, 2)
LISTED = {"is_checked": False, "checked_on": None, "fact": "kind"}
READ = {"is_checked": True, "checked_on": None, "fact": "kind"}
CHECKED = {"is_checked": True, "checked_on": "2026-12-02", "fact": "kind"}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (LISTED, Said(Level.LIST)),
        (READ, Said(Level.SOURCE)),
        ({"is_checked": True}, Said(Level.SOURCE)),  # of a document that an earlier version composed
        (CHECKED, Said(Level.FIRM, DAY)),
        (CHECKED | {"checked_on": DAY}, Said(Level.FIRM, DAY)),
        (CHECKED | {"is_checked": False}, Said(Level.LIST)),  # as version 0.2 withdraws it
    ],
)
def test_a_source_has_one_level(item, said):
    assert said_by_source(item) == said
    assert Said.at(said.place) == said


def test_a_value_has_the_best_level_of_its_sources_and_the_latest_check():
    earlier = CHECKED | {"checked_on": "2026-11-01"}
    assert said_of_value([]) is None
    assert said_of_value([LISTED, READ]) == Said(Level.SOURCE)
    assert said_of_value([earlier, CHECKED, LISTED]) == Said(Level.FIRM, DAY)


def test_the_words_name_the_firm_only_for_its_checks():
    words = [said_by_source(item).words("Acme") for item in (LISTED, READ, CHECKED)]
    assert words == ["from a list", "read at its source", "checked by Acme on 2 December 2026"]


def test_the_place_of_a_level_is_read_by_version_0_2_as_whether_it_was_read():
    assert [bool(said_by_source(item).place) for item in (LISTED, READ, CHECKED)] == [False, True, True]
    assert said_by_source(CHECKED).place > said_by_source(READ).place > said_by_source(LISTED).place


def test_a_record_is_checked_if_each_fact_with_a_source_is():
    other = {"fact": "licence"}
    assert not is_checked_by_firm([])
    assert not is_checked_by_firm([CHECKED | {"fact": None}])
    assert is_checked_by_firm([CHECKED, LISTED, READ | {"fact": None}])
    assert not is_checked_by_firm([CHECKED, READ | other])
    assert is_checked_by_firm([CHECKED, CHECKED | other])
