"""What an address costs does not depend on how much there is: 20 records as many queries as 2, and never more than 12."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import AIModel, Offering, Provider
from publishing.models import Publishable
from publishing.registry import publishable_models
from tests import factories
from tests.surfaces import paths_that_answer, surfaces
from tests.test_visibility import body_that_mentions, link, rich_text_fields

MOST = 12
ALLOWED_MORE = {"readyz": 12}
pytestmark = pytest.mark.django_db


def queries_of(client, path) -> list[str]:
    client.get(path)  # fills what a process looks up once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return [query["sql"] for query in captured.captured_queries]


def add_world(records, first: list):
    """Add a published record of every kind, related to each of `first` in every way that the models know, both ways."""
    made = factories.world()
    for record in made:
        for neighbour in first:
            link(record, neighbour)
    records += made
    return made


@pytest.fixture
def worlds(client):
    """A function that makes it so many published records of every kind; and those made first, whose pages are asked."""
    records, first = [], []

    def grow_to(count: int):
        while len(records) < count * len(publishable_models()):
            made = add_world(records, first)
            if not first:
                first.extend(made)
        return first

    return grow_to


@pytest.mark.parametrize("surface", surfaces(), ids=lambda surface: surface.name)
def test_cost(surface, worlds, client):
    first = worlds(2)
    path = next(path for path in paths_of(surface, first) if client.get(path).status_code == 200)
    few = queries_of(client, path)
    worlds(20)
    many = queries_of(client, path)
    assert len(many) <= len(few), f"{path}: {len(few)} queries became {len(many)}:\n" + "\n".join(many)
    assert len(many) <= MOST, f"{path}: {len(many)} queries:\n" + "\n".join(many)
