"""The recorded responses in docs/fixtures/: a short history of the catalogue, as a partner reads it from the site."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from catalog.documents.compose import SCHEMA
from catalog.documents.sync.keeping import drop_old_tombstones, start_epoch
from catalog.history.merge import merge
from catalog.models import AIModel, FeedState
from catalog.models.feed import ONLY_ROW
from publishing.content.publishable import State
from tests.catalog import factories

EPOCH = "0123456789abcdef"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"  # in place of the id of each response
HEADERS = (
    "Content-Type",
    "Content-Range",
    "ETag",
    "Link",
    "Accept-Ranges",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
)
VOLATILE = ("ETag", True)  # an error's ETag depends on the request id in its body


class Recorder:
    """A client that records its exchanges, as the texts of files by name."""

    def __init__(self, client):
        self.client, self.files = client, {}

    def ask(self, name: str, about: str, path: str, **headers) -> dict:
        """Record a request and its response; return the body."""
        answer = self.client.get(path, headers=headers)
        body = json.loads(answer.content) if answer.content else None
        if body and "request_id" in body:
            body["request_id"] = REQUEST_ID
        is_error = answer.status_code >= 400
        exchange = {
            "about": about,
            "request": {"method": "GET", "path": path, "headers": headers},
            "response": {
                "status": answer.status_code,
                "headers": {name: answer[name] for name in HEADERS if name in answer and (name, is_error) != VOLATILE},
                "body": body,
            },
        }
        self.files[f"{name}.json"] = json.dumps(exchange, indent=2, ensure_ascii=False) + "\n"
        return body

    def etag(self, name: str) -> str:
        return json.loads(self.files[f"{name}.json"])["response"]["headers"]["ETag"]


def record(client, clock) -> dict[str, str]:
    """Return the files. The clock is stopped (time_machine's traveller); the database has no catalogue."""
    FeedState.objects.update_or_create(
        pk=ONLY_ROW, defaults={"epoch": EPOCH, "head": 0, "horizon": 0, "schema": SCHEMA}
    )
    models = make_catalogue()
    recorder = Recorder(client)
    copied = record_first_copy(recorder)
    record_departures(recorder, models, copied)
    record_cursors_of_no_use(recorder, clock, copied)
    return recorder.files


def record_quota(recorder):
    """Record the first request over the quota; the caller has set the quota to 1."""
    path = "/api/v1/changes/"
    recorder.client.get(path)
    recorder.ask("rate-limit-exceeded", "The quota is used up: wait for Retry-After.", path)


def make_catalogue() -> list[AIModel]:
    """Create three models, one of them twice, and an offering with a price; keys are fixed."""
    text = factories.modality(pk=1, name="Text", description="Written language.")
    maker = factories.vendor(pk=1, name="Maker")
    family = factories.family(pk=1, name="Alpha", vendor=maker)
    names = ("Alpha 1", "Alpha 1 preview", "Alpha 0", "Alpha 2")
    models = [
        factories.model(
            pk=number,
            public_id=UUID(int=number),
            name=name,
            family=family,
            vendors=[maker],
            input_modalities=[text],
            output_modalities=[text],
        )
        for number, name in enumerate(names, start=1)
    ]
    factories.event(pk=1, model=models[0], date="2025-02")
    factories.event(pk=2, model=models[0], kind="retired", date="2027", bound="not_before")
    offering = factories.offering(
        pk=1, provider=factories.provider(pk=1, name="Host"), model=models[0], api_id="alpha-1"
    )
    factories.price(pk=1, offering=offering, amount=Decimal("0.50"))
    return models


def record_first_copy(recorder) -> str:
    """Return the cursor after it."""
    recorder.ask("root", "Where the feed stands.", "/api/v1/")
    page = recorder.ask("changes-first", "The first page of a walk from the start.", "/api/v1/changes/?limit=3")
    cursor = page["cursor"]
    page = recorder.ask("changes-last", "Its last page.", f"/api/v1/changes/?cursor={cursor}&limit=1000")
    poll = f"/api/v1/changes/?cursor={page['cursor']}"
    recorder.ask("changes-empty", "Nothing is new.", poll)
    etag = recorder.etag("changes-empty")
    recorder.ask("changes-not-modified", "Still nothing: free of quota.", poll, **{"If-None-Match": etag})
    export = b"".join(recorder.client.get("/api/v1/export/"))
    recorder.files["export.ndjson"] = export.decode()
    # In the middle of a line, as when a connection breaks.
    recorder.files["export-truncated.ndjson"] = export[: len(export) * 2 // 3].decode()
    return page["cursor"]


def record_departures(recorder, models, cursor):
    kept, duplicate, deleted, unpublished = models
    manifest = recorder.ask("manifest", "The first page of the manifest.", "/api/v1/manifest/?limit=5")
    deleted.delete()
    recorder.ask("changes-delete", "A record was deleted.", f"/api/v1/changes/?cursor={cursor}")
    AIModel.objects.filter(pk=unpublished.pk).update(state=State.ARCHIVED)
    recorder.ask(
        *("changes-unpublish", "Another one is public no more; what was not read yet comes, too."),
        f"/api/v1/changes/?cursor={cursor}",
    )
    merge(AIModel, kept.pk, [duplicate.pk], None)
    recorder.ask(
        *("changes-merge", "A third one was a duplicate: it goes, and the one that stands for it has one more name."),
        f"/api/v1/changes/?cursor={cursor}",
    )
    following = manifest["next"].partition("/api/")[2]
    recorder.ask("manifest-moved", "There were changes between two pages of the manifest.", f"/api/{following}")


def record_cursors_of_no_use(recorder, clock, cursor):
    path = f"/api/v1/changes/?cursor={cursor}"
    recorder.ask("cursor-invalid", "A cursor that was cut off.", path[:-5])
    clock.shift(timedelta(days=91))
    assert drop_old_tombstones()
    recorder.ask("cursor-expired", "A cursor of more than 90 days ago.", path)
    start_epoch()
    recorder.ask("cursor-foreign", "A cursor of another database, as after a backup was restored.", path)
