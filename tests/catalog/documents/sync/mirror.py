"""A partner's copy, made from the endpoints alone; and the expected copy, made from the tables."""

import hashlib

import rfc8785

from catalog.documents.compose import documents as build
from catalog.documents.sync.declaration import TYPES


class Mirror:
    """A copy that continues from its cursor, page by page."""

    def __init__(self, client, limit=200, **parameters):
        self.client, self.limit, self.parameters = client, limit, parameters
        self.cursor = None
        self.records: dict[tuple[str, str], dict] = {}
        self.items: list[dict] = []  # the items of the last sync

    def sync(self) -> "Mirror":
        self.items, has_more = [], True
        while has_more:
            given = {"cursor": self.cursor} if self.cursor else self.parameters
            page = self.client.get("/api/v1/changes/", {**given, "limit": self.limit})
            assert page.status_code == 200, page.content
            page = page.json()
            self.items += page["items"]
            self.cursor, has_more = page["cursor"], page["has_more"]
        numbers = [item["seq"] for item in self.items]
        assert numbers == sorted(set(numbers))
        for item in self.items:
            place = (item["type"], item["id"])
            if item["op"] == "upsert":
                assert item["hash"] == hashlib.sha256(rfc8785.dumps(item["data"])).hexdigest()
                self.records[place] = item["data"]
            else:
                self.records.pop(place, None)
        return self

    def news(self, with_sources: bool = False) -> list[tuple[str, str]]:
        """Return the items of the next sync: the type of each, with "upsert" or the reason of its deletion. Sources
        appear and disappear with the records that cite them, so they are left out unless `with_sources`.
        """
        items = [item for item in self.sync().items if with_sources or item["type"] != "source"]
        return [(item["type"], item.get("reason", "upsert")) for item in items]


def fresh() -> dict[tuple[str, str], bytes]:
    """Return the documents that partners should have, in canonical JSON."""
    found = {}
    for name, model in TYPES.items():
        documents = build(name, model._base_manager.values_list("pk", flat=True))
        found |= {(name, document["id"]): written(document) for document in documents.values()}
    return found


def written(document: dict) -> bytes:
    return rfc8785.dumps(plain(document))


def plain(value):
    """Return the value as JSON has it."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, str | bool | int) else value.isoformat()


def assert_equal(mirror: Mirror):
    have = {place: rfc8785.dumps(document) for place, document in mirror.sync().records.items()}
    should = fresh()
    assert have.keys() == should.keys()
    assert [place for place in should if have[place] != should[place]] == []
