"""A client that implements the rules of partners.md literally, and no others, has an equal copy."""

import pytest
import rfc8785

from catalog.models import AIModel, FeedEntry, FeedMark, FeedState
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import fresh

pytestmark = pytest.mark.django_db


class LiteralClient:
    """Rules 2 to 5. A record is (walk, seq, data); the data of a deleted one is None."""

    def __init__(self, client):
        self.client, self.cursor, self.walk, self.records = client, None, 1, {}

    def sync(self):
        has_more = True
        while has_more:
            given = {"cursor": self.cursor} if self.cursor else {}
            answer = self.client.get("/api/v1/changes/", {"limit": 5, **given})
            if answer.status_code == 410:
                self.cursor, self.walk = None, self.walk + 1
                continue
            page = answer.json()
            for item in page["items"]:
                key = item["type"], item["id"]
                if (self.walk, item["seq"]) > self.records.get(key, (0, 0))[:2]:
                    self.records[key] = self.walk, item["seq"], item.get("data")
            self.cursor, has_more = page["cursor"], page["has_more"]
        self.records = {key: record for key, record in self.records.items() if record[0] == self.walk}
        return self

    def copy(self) -> dict:
        return {key: rfc8785.dumps(data) for key, (_, _, data) in self.records.items() if data is not None}


def begin_with_lower_numbers():
    """Simulate a restore: the feed is not in a backup, so its numbers start again."""
    for model in (FeedEntry, FeedState, FeedMark):
        model.objects.all().delete()


def test_copy_is_equal_after_a_restore_with_lower_numbers(world, client):
    gone = factories.model(name="Gone")
    copy = LiteralClient(client)
    for number in range(5):
        AIModel.objects.update(notice=f"Edit {number}.")
        copy.sync()
    assert copy.copy() == fresh()
    AIModel.objects.filter(pk=gone.pk).delete()
    AIModel.objects.update(notice="Restored.")
    begin_with_lower_numbers()
    last = max(seq for _, seq, _ in copy.records.values())
    assert copy.sync().copy() == fresh()
    assert max(seq for _, seq, _ in copy.records.values()) < last
    AIModel.objects.filter(pk=world.pk).update(notice="Later.")
    assert copy.sync().copy() == fresh()
