"""Long work writes in transactions whose length does not depend on the number of records, and reads texts before them.

Processor times on a large site are measured by `tests/ops/db/holding` (`make race`).
"""

import pytest
from django.db import connection

from catalog.history.bulk_edit import change_all, revert_batch
from catalog.models import AIModel
from ops.db.lock_timeout import before_serving
from publishing.content.publishable import State
from publishing.quality.claims import finding
from publishing.quality.claims.models import Claim
from publishing.quality.names.index import find_in_all_texts
from publishing.quality.names.mentions import names_in_html
from publishing.quality.text_sweep import TextSweep
from publishing.richtext import reading
from publishing.workflow.reindex import follow_facts, repair
from tests import factories
from tests.catalog.factories import model
from tests.ops.db.write_times import write_transactions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("sqlite")]
MANY = 20


@pytest.fixture(autouse=True)
def no_pauses():
    with before_serving():
        yield


def add_texts():
    cited = model(name="Alpha 4", context_tokens=1_000)
    fact = f'<a href="fact:catalog.aimodel/{cited.pk}/context_tokens">1,000</a>'
    for number in range(MANY):
        factories.article(body=f"<p>Since 2024 Beta 7 is the cheapest model; the other reads {fact} at {number}.</p>")


def add_models():
    count = AIModel.objects.count()
    AIModel.objects.bulk_create(
        AIModel(name=f"Model {number}", slug=f"model-{number}", state=State.PUBLISHED)
        for number in range(count, count + 6 * MANY)
    )


def search_names():
    TextSweep.objects.update(digest="")
    find_in_all_texts(600)


def search_claims():
    TextSweep.objects.update(digest="")
    Claim.objects.catch_up(600)


def reindex():
    list(repair())


def change_facts():
    for record in AIModel.objects.exclude(context_tokens=None):
        AIModel._base_manager.filter(pk=record.pk).update(context_tokens=record.context_tokens + 1_000)


def edit_in_bulk(administrator):
    pks = list(AIModel.objects.order_by("pk").values_list("pk", flat=True))
    batch = change_all(AIModel, pks, "context_tokens", AIModel.objects.count(), administrator)
    assert revert_batch(batch, administrator) == (len(pks), 0)


def longest(run) -> int:
    with write_transactions() as finished:
        run()
    assert len(finished) > 1
    return max(transaction.statements for transaction in finished)


@pytest.mark.parametrize("run", [search_names, search_claims, reindex, follow_facts])
def test_work_on_twice_as_many_texts_has_no_longer_transactions(run):
    add_texts()
    change_facts()
    before = longest(run)
    add_texts()
    change_facts()
    assert longest(run) <= before * 1.1


def test_a_bulk_edit_of_twice_as_many_models_has_no_longer_transactions(administrator):
    add_models()
    before = longest(lambda: edit_in_bulk(administrator))
    add_models()
    assert longest(lambda: edit_in_bulk(administrator)) <= before * 1.1


@pytest.mark.parametrize("run", [search_names, search_claims])
def test_texts_are_read_before_the_transactions(run, monkeypatch):
    add_texts()
    inside, outside, parse = [], [], reading.parse

    def noted(html):
        (inside if connection.in_atomic_block else outside).append(html)
        return parse(html)

    monkeypatch.setattr(reading, "parse", noted)
    for cached in (reading.TextBlocks.of, names_in_html, finding._hits_in):
        cached.cache_clear()  # saving the texts has filled them
    run()
    assert len(outside) >= MANY
    assert inside == []
