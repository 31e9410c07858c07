"""The export: a file made once for each head, and served as a static file."""

import gzip
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from django.db import connection

from catalog.documents.sync.exporting import export_file
from catalog.documents.sync.head import current_head
from catalog.models import AIModel
from ops.limits import turns
from tests.catalog.documents.sync.mirror import Mirror, fresh, written

pytestmark = [pytest.mark.django_db, pytest.mark.database]
EXPORT = "/api/v1/export/"


def body(client, query=None, **headers) -> bytes:
    return client.get(EXPORT, query, headers=headers).getvalue()


def lines(content: bytes) -> list[dict]:
    return [orjson.loads(line) for line in content.splitlines()]


def test_an_export_holds_every_record_and_proves_itself(world, client):
    content = body(client)
    header, *records, trailer = lines(content)
    assert header["kind"] == "header"
    assert header["licence"]["url"].startswith("https://")
    assert {(row["type"], row["id"]): written(row["data"]) for row in records} == fresh()
    numbers = [row["seq"] for row in records]
    assert numbers == sorted(numbers)
    assert trailer["count"] == len(records) == 23
    before = content[: content.rindex(b'{"kind":"trailer"')]
    assert trailer["sha256"] == hashlib.sha256(before).hexdigest()


def test_the_feed_goes_on_where_the_export_ends(world, client):
    mirror = Mirror(client)
    mirror.cursor = lines(body(client))[0]["cursor"]
    assert mirror.news() == []
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    assert mirror.news() == [("model", "upsert")]


def test_an_export_of_some_types_has_only_those(world, client):
    header, *records, trailer = lines(body(client, {"types": "offering,model"}))
    assert header["types"] == ["model", "offering"]
    assert {row["type"] for row in records} == {"model", "offering"}
    assert trailer["count"] == 4


def test_an_empty_catalogue_has_an_export_too(client):
    header, trailer = lines(body(client))
    assert (header["head"], trailer["count"]) == (0, 0)


def test_the_file_is_made_once_for_a_head(world, client, settings):
    first = client.get(EXPORT)
    assert first.headers["ETag"].startswith('"')
    made = {path: path.stat().st_mtime_ns for path in (settings.DATA_DIR / "exports").iterdir()}
    assert client.get(EXPORT).headers["ETag"] == first.headers["ETag"]
    assert {path: path.stat().st_mtime_ns for path in (settings.DATA_DIR / "exports").iterdir()} == made
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    assert client.get(EXPORT).headers["ETag"] != first.headers["ETag"]


def test_old_files_are_swept_and_those_in_use_kept(world, client, settings):
    client.get(EXPORT)
    folder = settings.DATA_DIR / "exports"
    [old] = folder.glob("*.ndjson")
    (folder / "killed.part").write_text("half")
    for path in (old, folder / "killed.part"):
        os.utime(path, (time.time() - 3_700,) * 2)
    client.get(EXPORT, {"types": "model"})
    assert old.exists(), "it is of the present head"
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    client.get(EXPORT)
    assert not old.exists()
    assert not (folder / "killed.part").exists()
    assert len(list(folder.glob("*.ndjson"))) == 2, "one of the last head is an hour not old"


def test_a_failure_leaves_no_half_file(world, settings, monkeypatch):
    head = current_head()
    monkeypatch.setattr("catalog.documents.sync.exporting.record_line", lambda *row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_file(("model",), head, is_gzip=False)
    assert [path.name for path in (settings.DATA_DIR / "exports").iterdir()] == [".lock"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_one_file(client, world, settings, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 60)
    head = current_head()

    def fetch(number):
        try:
            return export_file(("vendor", "model"), head, is_gzip=bool(number % 2))
        finally:
            connection.close()

    with ThreadPoolExecutor(turns.READERS_AT_ONCE) as pool:
        found = set(pool.map(fetch, range(16)))
    assert len(found) == 2
    contents = {path.read_bytes() if path.suffix != ".gz" else gzip.decompress(path.read_bytes()) for path in found}
    assert len(contents) == 1
    assert not list((settings.DATA_DIR / "exports").glob("*.part"))


def test_a_client_that_has_the_export_already_takes_no_place_from_others(world, client, monkeypatch):
    monkeypatch.setattr("ops.http.file_responses.SMALL", 10)
    monkeypatch.setattr("ops.http.file_responses.MOST_AT_ONCE", 2)
    for accepted in ("identity", "gzip"):
        whole = client.get(EXPORT, headers={"Accept-Encoding": accepted})
        etag, content = whole.headers["ETag"], whole.getvalue()
        for _ in range(5):
            unchanged = client.get(EXPORT, headers={"If-None-Match": etag, "Accept-Encoding": accepted})
            assert (unchanged.status_code, unchanged.getvalue(), unchanged.headers["ETag"]) == (304, b"", etag)
            assert "Content-Encoding" not in unchanged.headers
        assert client.get(EXPORT, headers={"Accept-Encoding": accepted}).getvalue() == content


# Parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=10-19", slice(10, 20)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=-99999999", slice(0, None)),
        ("bytes=5-99999999", slice(5, None)),
    ],
)
def test_a_part_is_sent_where_one_is_asked_for(asked, part, world, client):
    whole = body(client)
    response = client.get(EXPORT, headers={"Range": asked})
    assert response.status_code == 206
    content = response.getvalue()
    assert content == whole[part]
    first = range(len(whole))[part][0]
    assert response.headers["Content-Range"] == f"bytes {first}-{first + len(content) - 1}/{len(whole)}"
    assert response.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_bytes_that_are_not_there_are_416(asked, world, client):
    response = client.get(EXPORT, headers={"Range": asked})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(body(client))}"
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "asked", ["", "bytes=", "bytes=-", "bytes=9-1", "lines=1-2", "bytes=0-1,4-5", "bytes=a-b", "x"]
)
def test_what_is_no_single_range_gets_the_whole(asked, world, client):
    response = client.get(EXPORT, headers={"Range": asked})
    assert response.status_code == 200
    assert response.getvalue() == body(client)


def test_a_download_goes_on_only_in_the_same_file(world, client):
    whole = client.get(EXPORT)
    etag, content = whole.headers["ETag"], whole.getvalue()
    rest = client.get(EXPORT, headers={"Range": "bytes=50-", "If-Range": etag})
    assert rest.status_code == 206
    assert content[:50] + rest.getvalue() == content
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    anew = client.get(EXPORT, headers={"Range": "bytes=50-", "If-Range": etag})
    assert anew.status_code == 200
    assert anew.getvalue() == body(client)
    assert client.get(EXPORT, headers={"Range": "bytes=50-", "If-Range": f"W/{etag}"}).status_code == 200


def test_gzip_is_a_file_of_its_own_with_the_same_content(world, client):
    plain = client.get(EXPORT)
    packed = client.get(EXPORT, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["ETag"].startswith('"')
    assert packed.headers["Accept-Ranges"] == "none"
    assert "Accept-Encoding" in packed.headers["Vary"]
    content = packed.getvalue()
    assert packed.headers["Content-Length"] == str(len(content))
    assert gzip.decompress(content) == plain.getvalue()


def test_a_part_is_one_of_the_plain_file_also_for_who_takes_gzip(world, client):
    response = client.get(EXPORT, headers={"Range": "bytes=10-19", "Accept-Encoding": "gzip"})
    assert response.status_code == 206
    assert "Content-Encoding" not in response.headers
    assert response.getvalue() == body(client)[10:20]
    assert response.headers["ETag"] == client.get(EXPORT).headers["ETag"]


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "gzip;q=0.0, br"])
def test_who_does_not_take_gzip_gets_none(accepted, world, client):
    assert "Content-Encoding" not in client.get(EXPORT, headers={"Accept-Encoding": accepted}).headers
