from time import monotonic

import pytest
from django.db import transaction

from ops.db import lock_timeout
from ops.db.lock_timeout import WORK_SECONDS, before_serving, let_others_write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pauses(monkeypatch):
    found = []
    monkeypatch.setattr(lock_timeout, "sleep", found.append)
    return found


@pytest.mark.only_on("sqlite")
def test_long_work_pauses_for_longer_than_sqlite_waits_between_two_looks(pauses):
    now = monotonic()
    assert let_others_write(now) == now
    assert let_others_write(now - WORK_SECONDS) >= now
    assert len(pauses) == 1
    assert pauses[0] > 0.1


def test_nobody_pauses_inside_a_transaction(pauses):
    with transaction.atomic():
        let_others_write(monotonic() - WORK_SECONDS)
    assert pauses == []


def test_nobody_pauses_before_the_site_serves(pauses):
    with before_serving():
        let_others_write(monotonic() - WORK_SECONDS)
    assert pauses == []
