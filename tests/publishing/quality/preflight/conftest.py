import pytest

from articles.preflight import check_what_goes_with_it
from publishing.quality.preflight import checking


@pytest.fixture(autouse=True)
def only_what_a_test_is_about(monkeypatch):
    """The articles here have neither authors nor topics; tests/articles/test_preflight.py is about those."""
    monkeypatch.setattr(checking, "CHECKS", [check for check in checking.CHECKS if check != check_what_goes_with_it])
