import pytest

from bench import report, samples


def page(times: float, size_bytes: int = 20_000) -> dict:
    return {"path": "/x/", "bytes": size_bytes, "queries": 3, "sql_ms": 1.0, "ms": times, "times": times}


@pytest.mark.parametrize(
    ("label", "size_bytes", "most"),
    [
        ("home", 10_000, 4),
        ("home", 40_000, 6),
        ("api-models-list (100)", 500_000, 3),
        ("admin:publishing_needs_review", 10_000, 10),
        ("admin:auth_user_changelist", 10_000, None),
    ],
)
def test_limit_of_the_first_size_follows_from_the_length_of_the_page(label, size_bytes, most):
    assert report.limit(label, 1, page(1, size_bytes), None) == most


def test_limit_of_the_second_size_follows_from_the_first_one():
    assert report.limit("home", 2, page(9), page(2)) == 3
    assert report.limit("home", 2, page(9, 40_000), page(2)) == 6
    assert report.limit("home", 2, page(9, 10_000), page(2)) == 3
    assert report.limit("admin:index", 2, page(9), page(20)) == 10


def test_a_page_over_its_limit_is_marked(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    report.store("before", "sqlite", 1, {"skeleton_ms": 1.0, "pages": {"home": page(7)}})
    text = report.table("sqlite", 1, {"skeleton_ms": 1.0, "pages": {"home": page(5), "search": page(2)}})
    assert "1 of 2 pages are over their limit" in text
    assert "| home | 20.0 | 3 | 1.0 | 5.0 | 0.25 | 7.0 | **5.0** | 4.0 |" in text


def test_some_pages_replace_those_of_the_stored_run(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    report.store("after", "sqlite", 1, {"skeleton_ms": 1.0, "pages": {"home": page(7), "search": page(2)}})
    report.store("after", "sqlite", 1, {"skeleton_ms": 2.0, "pages": {"home": page(5)}}, is_whole=False)
    assert report.stored("after", "sqlite", 1) == {"skeleton_ms": 1.0, "pages": {"home": page(5), "search": page(2)}}


def test_a_pattern_without_a_sample_is_named(monkeypatch):
    class NoRecords:
        of_view = with_query = dict

    monkeypatch.setattr(samples, "Records", NoRecords)
    monkeypatch.setattr(samples, "patterns", lambda: [("home", ()), ("catalog:novel", ("slug",))])
    with pytest.raises(LookupError, match="catalog:novel"):
        samples.samples()
