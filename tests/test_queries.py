"""The query count of an address does not depend on the amount of data: 20 records cost as many as 2, and one to count
them; never more than 36.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import AIModel
from publishing.content.prose import Prose
from tests import factories
from tests.surfaces import surfaces
from tests.test_visibility import link, rich_text_fields

pytestmark = pytest.mark.whole
MOST = 36  # two texts that mention every kind of record


@pytest.fixture
def grow():
    """A function that adds published records of every kind, related in every possible way to the first ones of each
    kind, until there are `count` of each; it returns the first ones.
    """
    worlds = []

    def grow_to(count: int):
        while len(worlds) < count:
            records = factories.world()
            worlds.append(records)
            for record in records:
                mention(record, worlds[0])
                for neighbour in worlds[0]:
                    if neighbour != record:
                        link(record, neighbour)
        return worlds[0]

    return grow_to


def mention(record, others):
    links = [f'<p><a href="ref:{other._meta.label_lower}/{other.pk}">words</a></p>' for other in others]
    models = [other for other in others if isinstance(other, AIModel)]
    record.refresh_from_db()
    for name in rich_text_fields(type(record)):
        tables = [factories.comparison(*models)] if isinstance(record, Prose) else []
        setattr(record, name, "".join([*links, *tables]))
    record.save()


def path_of(surface, records, client) -> str:
    return next(path for path in surface.paths(records) if client.get(path).status_code == 200)


def queries_of(path, client) -> list[str]:
    client.get(path)  # fills the caches of the process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return [query["sql"] for query in captured.captured_queries]


def test_no_address_costs_more_queries_for_twenty_records_than_for_two_nor_more_than_36(db, client, grow):
    first = grow(2)
    paths = [path_of(surface, first, client) for surface in surfaces()]
    few = {path: queries_of(path, client) for path in paths}
    grow(20)
    problems = []
    for path in paths:
        queries = queries_of(path, client)
        if len(queries) > min(len(few[path]) + 1, MOST):  # a list is counted if it has more than one page
            problems.append("\n  ".join([f"{path}: {len(few[path])} queries became {len(queries)}", *queries]))
    assert not problems, "\n".join(problems)
