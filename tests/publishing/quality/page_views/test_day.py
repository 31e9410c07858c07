"""A day of people, crawlers, agents and attackers: who is counted."""

from collections import Counter
from datetime import UTC, datetime

import pytest
import time_machine
from django.db.models import Sum

from ops.page_cache import wsgi as serving
from ops.page_cache.content_version import content_version
from publishing.content.page_view import PageView
from tests import factories
from tests.publishing.quality.page_views.day import Day

pytestmark = [pytest.mark.django_db, pytest.mark.whole]
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_day_of_20_000_requests_counts_people_within_3_percent_and_hardly_a_program(
    visit, counter, monkeypatch, seed
):
    monkeypatch.setattr(serving, "LIFE_SECONDS", 86_400)  # rendering is not what is tested
    records = [factories.article(slug=f"article-{number}") for number in range(40)]
    records += [factories.question(slug=f"question-{number}") for number in range(40)]
    paths = ["/", "/articles/", "/faq/", *(record.get_absolute_url() for record in records)]
    with time_machine.travel(MIDNIGHT, tick=False) as clock:
        tags = {path: visit(path).headers["etag"] for path in paths}
        counter.pending.clear()
        version, statuses, made, counted = content_version.current(), Counter(), Counter(), Counter()
        for number, one in enumerate(Day(MIDNIGHT, paths, seed=seed).visits()):
            clock.move_to(one.at)
            before = counter.pending.total()
            sent = {"If_None_Match": tags[one.path]} if one.is_again else {}
            statuses[visit(one.path, one.headers, one.address, one.method, **sent).status] += 1
            made[one.is_person] += 1
            counted[one.is_person] += counter.pending.total() - before
            if number % 500 == 0:
                counter.write()
        counter.write()
    assert made.total() == 20_000
    assert made[True] > 8_000
    assert statuses[304] > 300
    assert 0.97 * made[True] < counted[True] <= made[True]
    assert counted[False] < 0.01 * counted.total()
    assert PageView.objects.aggregate(Sum("views"))["views__sum"] == counted.total()
    assert content_version.current() == version
