import pytest

from bench import report


def page(times: float, size_bytes: int = 20_000, queries: int = 3) -> dict:
    return {"path": "/x/", "bytes": size_bytes, "queries": queries, "renders": 4, "ms": times, "times": times}


@pytest.mark.parametrize(
    ("label", "measured", "missed"),
    [
        ("home", page(8.9), []),
        ("home", page(9.1), ["times"]),
        ("home", page(8.9, queries=11), ["queries"]),
        ("catalog:list (two facets)", page(8.9, 100_000), []),
        ("catalog:list (two facets)", page(8.9, 90_000), ["times"]),
        ("admin:auth_user_changelist", page(99), []),
    ],
)
def test_first_size_has_targets_of_time_and_queries(label, measured, missed):
    assert report.misses(label, measured) == missed


def test_second_size_is_judged_by_the_first_one():
    first = {"home": page(2)}
    assert report.misses("home", page(2.9), first) == []
    assert report.misses("home", page(3.1), first) == ["times"]
    assert report.misses("home", page(5.9, 40_000), first) == []
    assert report.misses("new", page(9), first) == []


def test_table_has_the_run_before_and_marks_what_is_over():
    before = {"skeleton_ms": 1, "pages": {"home": page(9.5, queries=15)}}
    rows = report.table({"skeleton_ms": 1, "pages": {"home": page(12)}}, before).splitlines()
    assert rows[-1] == "| home | 20.0 | 3 | 4 | 12.0 | **12.00** | 9.50 | 15 |"
