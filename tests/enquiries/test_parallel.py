"""Simultaneous posts, on the database that the tests run on."""

import threading

import pytest
from django.db import connection
from django.test import Client

from enquiries.models import Enquiry
from tests.enquiries import sending

pytestmark = pytest.mark.database

SENDERS = 20


@pytest.fixture
def shared_tables(django_db_setup, django_db_blocker):
    """Committed data, which several connections see, unlike a test's own transaction. Emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        Enquiry.objects.all().delete()
        connection.close()


def send_at_once(**changes) -> list[int]:
    """Return the responses to this many posts that begin at the same moment; `changes` is called with the sender's
    number.
    """
    start, statuses = threading.Barrier(SENDERS), []

    def send(number):
        try:
            start.wait()
            words = {name: change(number) for name, change in changes.items()}
            statuses.append(sending.post(Client(), **words).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_twenty_times_the_same_at_once_is_one_enquiry(shared_tables):
    assert send_at_once() == [303] * SENDERS
    assert Enquiry.objects.count() == 1


def test_twenty_different_ones_at_once_are_twenty(shared_tables):
    assert send_at_once(message=lambda number: f"Message {number}") == [303] * SENDERS
    assert Enquiry.objects.count() == SENDERS
