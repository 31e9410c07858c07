"""Several editors who merge at the same moment, on the database that the tests run on."""

import threading

import pytest
from django.db import connection

from catalog.history.merge import CannotMergeRecordsError, merge
from catalog.models import AIModel, MergedRecord
from tests import factories as people
from tests.catalog import factories

ROUNDS = 3


# The tables are emptied afterwards: other connections do not see the transaction of a test.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def at_once(*tasks) -> list[str]:
    """Merge each pair (into, others) in its own connection at the same moment; return "merged" or the error message."""
    start, said = threading.Barrier(len(tasks)), [""] * len(tasks)
    user = people.user()

    def work(number, into, others):
        try:
            start.wait()
            merge(AIModel, into.pk, [other.pk for other in others], user)
            said[number] = "merged"
        except CannotMergeRecordsError as error:
            said[number] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number, *task]) for number, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_each_into_the_other_at_once_leaves_one():
    for _ in range(ROUNDS):
        one, other = factories.model(), factories.model()
        said = at_once((one, [other]), (other, [one]))
        assert sorted(words == "merged" for words in said) == [False, True], said
        assert AIModel.objects.filter(pk__in=[one.pk, other.pk]).count() == 1
        assert "has already been merged into" in " ".join(said)


def test_two_at_once_into_the_same_both_find_it():
    for _ in range(ROUNDS):
        into, one, other = factories.whole_model(), factories.whole_model(), factories.whole_model()
        assert at_once((into, [one]), (into, [other])) == ["merged", "merged"]
        assert MergedRecord.objects.filter(into_id=into.pk).count() == 2
        assert into.offerings.count() == 3


def test_one_at_once_into_two_goes_into_one_of_them():
    for _ in range(ROUNDS):
        one, first, second = factories.model(), factories.model(), factories.model()
        said = at_once((first, [one]), (second, [one]))
        assert sorted(words == "merged" for words in said) == [False, True], said


def test_a_text_that_mentions_two_that_go_at_once_mentions_both_that_stay():
    for _ in range(ROUNDS):
        one, other, first, second = (factories.model() for _ in range(4))
        links = "".join(f'<a href="ref:catalog.aimodel/{model.pk}">it</a>' for model in (one, other))
        article = people.article(body=f"<p>{links}</p>")
        said = at_once((first, [one]), (second, [other]))
        assert "merged" in said
        article.refresh_from_db()
        for words, went, stayed in zip(said, (one, other), (first, second), strict=True):
            there = stayed if words == "merged" else went
            assert f'aimodel/{there.pk}"' in article.body, said
            assert words == "merged" or words.startswith("Another user")
