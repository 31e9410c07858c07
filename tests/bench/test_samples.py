import pytest

from bench import prepare, report, samples
from ops.server import startup as serving


@pytest.fixture
def found(starter_content):
    """All samples of a site of the first size without data of models.dev."""
    serving.make_first_administrator()
    prepare.add_first_size("")
    return samples.samples()


def test_every_pattern_of_the_url_map_has_a_sample(found):
    assert {view for view, _ in samples.patterns()} == {item.view for item in found if not is_of_admin(item)}
    assert set(report.TARGETS) <= {item.label for item in found}


@pytest.mark.whole
def test_every_sample_answers(found, admin_page):
    refused = [item.label for item in found if admin_page.get(item.path).status_code != 200]
    assert refused == []


def is_of_admin(item) -> bool:
    return item.view.startswith("admin:")
