"""Who says so: the level of a value by its sources, and the words for it."""

from datetime import date

import pytest

from catalog.rules.choices import Level
from catalog.rules.levels import Provenance, is_checked_by_firm, provenance_of_source, provenance_of_value

DAY = date(2026, 12, 2)
LISTED = {"is_checked": False, "checked_on": None, "fact": "kind"}
READ = {"is_checked": True, "checked_on": None, "fact": "kind"}
CHECKED = {"is_checked": True, "checked_on": "2026-12-02", "fact": "kind"}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (LISTED, Provenance(Level.LIST)),
        (READ, Provenance(Level.SOURCE)),
        ({"is_checked": True}, Provenance(Level.SOURCE)),  # of a document that an earlier version composed
        (CHECKED, Provenance(Level.FIRM, DAY)),
        (CHECKED | {"checked_on": DAY}, Provenance(Level.FIRM, DAY)),
        (CHECKED | {"is_checked": False}, Provenance(Level.LIST)),  # as version 0.2 withdraws it
    ],
)
def test_a_source_has_one_level(item, said):
    assert provenance_of_source(item) == said
    assert Provenance.at(said.place) == said


def test_a_value_has_the_best_level_of_its_sources_and_the_latest_check():
    earlier = CHECKED | {"checked_on": "2026-11-01"}
    assert provenance_of_value([]) is None
    assert provenance_of_value([LISTED, READ]) == Provenance(Level.SOURCE)
    assert provenance_of_value([earlier, CHECKED, LISTED]) == Provenance(Level.FIRM, DAY)


def test_the_words_name_the_firm_only_for_its_checks():
    words = [provenance_of_source(item).describe("Acme") for item in (LISTED, READ, CHECKED)]
    assert words == ["from a list", "read at its source", "checked by Acme on 2 December 2026"]


def test_the_place_of_a_level_is_read_by_version_0_2_as_whether_it_was_read():
    assert [bool(provenance_of_source(item).place) for item in (LISTED, READ, CHECKED)] == [False, True, True]
    assert provenance_of_source(CHECKED).place > provenance_of_source(READ).place > provenance_of_source(LISTED).place


def test_a_record_is_checked_if_each_fact_with_a_source_is():
    other = {"fact": "licence"}
    assert not is_checked_by_firm([])
    assert not is_checked_by_firm([CHECKED | {"fact": None}])
    assert is_checked_by_firm([CHECKED, LISTED, READ | {"fact": None}])
    assert not is_checked_by_firm([CHECKED, READ | other])
    assert is_checked_by_firm([CHECKED, CHECKED | other])
