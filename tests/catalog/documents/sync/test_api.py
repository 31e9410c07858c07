"""The endpoints as partners use them, with every error that a request can have."""

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from catalog.documents.compose import SCHEMA
from catalog.documents.sync.head import LIMITS
from catalog.documents.sync.pages import Cursor
from catalog.models import AIModel, FeedEntry, FeedState
from publishing.content.publishable import State
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import Mirror, assert_equal

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CHANGES, MANIFEST, EXPORT = "/api/v1/changes/", "/api/v1/manifest/", "/api/v1/export/"
RECORDS = "/api/v1/records/"
TYPES = ["vendor", "modality", "family", "provider", "model", "offering", "source"]


def problem(response, status: int, name: str = "") -> dict:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == (f"http://127.0.0.1:8000/api/#problem-{name}" if name else "about:blank")
    return body


# Changes -------------------------------------------------------------------------------------------


def test_an_empty_catalogue_has_an_empty_page_with_a_cursor(client):
    page = client.get(CHANGES).json()
    assert (page["items"], page["has_more"]) == ([], False)
    factories.vendor(name="First")
    page = client.get(CHANGES, {"cursor": page["cursor"]}).json()
    assert [(item["op"], item["type"], item["seq"]) for item in page["items"]] == [("upsert", "vendor", 1)]


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_pages_of_any_length_bring_all_there_is(limit, world, client):
    mirror = Mirror(client, limit=limit).sync()
    assert len(mirror.items) == 23
    assert [item["type"] for item in mirror.items] == sorted((i["type"] for i in mirror.items), key=TYPES.index)
    assert_equal(mirror)


def test_a_page_names_the_next_one_in_its_link(world, client):
    page = client.get(CHANGES, {"limit": 5, "types": "model,offering,vendor"})
    address = page.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    after = client.get(address)
    assert "Link" not in after.headers
    numbers = [item["seq"] for one in (page, after) for item in one.json()["items"]]
    assert len(numbers) == 6
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("types", ["vendor", "offering,vendor", "model,modality,family"])
def test_only_the_types_that_were_asked_for_come(types, world, client):
    mirror = Mirror(client, limit=2, types=types).sync()
    assert {item["type"] for item in mirror.items} == {*types.split(",")}
    assert len(mirror.items) == 2 * len(types.split(","))
    AIModel.objects.filter(pk=world.pk).update(name="New")
    assert {name for name, _ in mirror.news()} <= {*types.split(",")}


@pytest.mark.parametrize("path", [CHANGES, MANIFEST, EXPORT])
def test_types_may_be_repeated_or_written_with_commas(path, world, client):
    asked = ["types=vendor&types=model", "types=vendor,model", "types=model,vendor&types=vendor"]
    first, *others = [client.get(f"{path}?{query}") for query in asked]
    assert first.status_code == 200
    assert b"vendor" in first.getvalue()
    assert b"offering" not in first.getvalue().replace(b"offerings", b"")
    assert {other.getvalue() for other in others} == {first.getvalue()}


def test_the_cursor_holds_its_types(world, client):
    cursor = client.get(CHANGES, {"types": "model,vendor"}).json()["cursor"]
    assert client.get(CHANGES, {"cursor": cursor}).status_code == 200
    assert client.get(CHANGES, {"cursor": cursor, "types": "vendor,model"}).status_code == 200
    assert "types" in problem(client.get(CHANGES, {"cursor": cursor, "types": "model"}), 400)["errors"]


def test_who_begins_hears_nothing_of_what_is_gone_but_of_all_that_goes_meanwhile(world, client):
    client.get(CHANGES)
    world.offerings.get().delete()
    mirror = Mirror(client, limit=1)
    first = client.get(CHANGES, {"limit": 1}).json()
    mirror.cursor = first["cursor"]
    AIModel.objects.filter(pk=world.pk).update(state=State.DRAFT)
    mirror.sync()
    gone = [(item["type"], item["reason"]) for item in mirror.items if item["op"] == "delete"]
    assert [item for item in gone if item[0] != "source"] == [("model", "unpublished")]


def test_an_answer_that_has_not_changed_is_304(world, client):
    cursor = client.get(CHANGES).json()["cursor"]
    for address in (f"{CHANGES}?cursor={cursor}", MANIFEST, EXPORT, "/api/v1/"):
        answer = client.get(address)
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304, address
        AIModel.objects.filter(pk=world.pk).update(notice=address)
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200, address


def test_a_page_costs_two_queries(world, client):
    client.get(CHANGES)
    with CaptureQueriesContext(connection) as captured:
        client.get(CHANGES)
    assert len(captured) == 2, [query["sql"] for query in captured]


def test_a_busy_database_leaves_the_present_head(world, mirror, monkeypatch):
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    with monkeypatch.context() as patch:
        patch.setitem(LIMITS, "seconds", -1)
        assert mirror.news() == []
    assert mirror.news() == [("model", "upsert")]


@pytest.mark.parametrize("path", ["/api/v1/", CHANGES, MANIFEST, EXPORT, "/api/v1/models/", "/api/v1/openapi.json"])
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_head_has_the_headers_of_get(accepted, path, world, client):
    headers = {"Accept-Encoding": accepted}
    whole, bare = client.get(path, headers=headers), client.head(path, headers=headers)
    # Compressed streams get random padding (BREACH).
    changing = {"X-Request-ID": "", **({"Content-Length": ""} if accepted == "gzip" else {})}
    said, said_bare = ({**one.headers, **changing} for one in (whole, bare))
    assert said_bare == said
    assert client.head(path, headers={**headers, "If-None-Match": said["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", [CHANGES, EXPORT])
def test_a_precondition_that_fails_is_a_problem_too(path, world, client):
    problem(client.get(path, headers={"If-Match": '"other"'}), 412)
    problem(client.get(path, headers={"If-Match": '"other"', "Accept-Encoding": "gzip"}), 412)


# Wrong cursors -------------------------------------------------------------------------------------

GARBAGE = ["", ".", "x", "1.2.3", "\x00", "a\x00b", "9" * 5000, "é", "\ud800", "1....", "' OR 1=1", "null", "[]"]


@pytest.mark.parametrize("cursor", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_no_cursor(cursor, client):
    address = f"{CHANGES}?cursor=" + "".join(f"%{byte:02x}" for byte in cursor.encode(errors="surrogatepass"))
    problem(client.get(address), 400, "cursor-invalid")


def test_a_cursor_cut_or_altered_anywhere_is_invalid(world, mirror, client):
    for place in range(len(mirror.cursor)):
        cut = mirror.cursor[:place]
        altered = cut + ("0" if mirror.cursor[place] != "0" else "1") + mirror.cursor[place + 1 :]
        for cursor in (cut, altered):
            problem(client.get(CHANGES, {"cursor": cursor}), 400, "cursor-invalid")


def test_a_cursor_of_another_server_is_invalid(world, client):
    with override_settings(SECRET_KEY="another"):
        other = signing.Signer(sep=".", salt="catalog.feed.cursor").sign("1.abc.0.0.model")
    problem(client.get(CHANGES, {"cursor": other}), 400, "cursor-invalid")


def test_a_cursor_of_another_database_is_foreign(world, client):
    response = client.get(CHANGES, {"cursor": Cursor("0123456789abcdef", ("model",)).text})
    problem(response, 410, "cursor-foreign")
    assert response.headers["Link"] == '<http://127.0.0.1:8000/api/v1/changes/?types=model>; rel="first"'


@pytest.mark.parametrize("query", [{}, {"types": ["vendor", "model"]}])
@pytest.mark.parametrize("change", [{"epoch": "other"}, {"horizon": 9_999}])
def test_the_walk_that_begins_again_is_of_the_same_types(change, query, world, client):
    cursor = Mirror(client, types="model,vendor").sync().cursor
    FeedState.objects.update(**change)
    response = client.get(CHANGES, {"cursor": cursor, **query})
    assert response.status_code == 410
    assert response.headers["Link"] == '<http://127.0.0.1:8000/api/v1/changes/?types=vendor,model>; rel="first"'


def test_a_cursor_beyond_the_head_is_of_a_database_that_was_restored(world, mirror, client):
    state = FeedState.objects.get()
    for cursor in (Cursor(state.epoch, ("model",), state.head + 1), Cursor(state.epoch, ("model",), 0, state.head + 1)):
        problem(client.get(CHANGES, {"cursor": cursor.text}), 410, "cursor-foreign")


def test_a_cursor_of_a_later_version_is_foreign(world, mirror, client):
    signed = signing.Signer(sep=".", salt="catalog.feed.cursor").sign("2.anything")
    problem(client.get(CHANGES, {"cursor": signed}), 410, "cursor-foreign")


# Wrong parameters ----------------------------------------------------------------------------------

WRONG = [
    *((CHANGES, {"limit": limit}) for limit in ("0", "1001", "-1", "x", "", "1e3", "9" * 50, "１", "\x00")),
    *((MANIFEST, {"limit": limit}) for limit in ("0", "10001", "99999999999999999999")),
    *((path, {"types": types}) for path in (CHANGES, MANIFEST, EXPORT) for types in ("", "x", "model,", "\x00", ",")),
    *((MANIFEST, {"after": after}) for after in ("", "x", "a.1.1\n", "a.9999999999999999999.1", "a.1.x")),
    *((path, {"no_such": "1"}) for path in (CHANGES, MANIFEST, EXPORT)),
    *((path, {"a\x00b": "1"}) for path in (CHANGES, MANIFEST, EXPORT)),
    *((path, {"types": ["model", ""]}) for path in (CHANGES, MANIFEST, EXPORT)),
    *((path, {"limit": ["1", "1"]}) for path in (CHANGES, MANIFEST, "/api/v1/models/")),
    *((CHANGES, {"cursor": ["x", "y"]}), (MANIFEST, {"after": ["x", "y"]}), ("/api/v1/models/", {"after": ["1", "2"]})),
]


@pytest.mark.parametrize(("path", "query"), WRONG, ids=range(len(WRONG)))
def test_a_parameter_that_is_wrong_is_named(path, query, client):
    response = client.get(path, query)
    assert response.status_code == 400
    assert next(iter(query)) in response.json()["errors"]


@pytest.mark.parametrize("path", [CHANGES, MANIFEST, EXPORT])
def test_only_reading_is_allowed(path, client):
    problem(client.post(path), 405)
    assert client.head(path).status_code == 200
    assert client.options(path).status_code == 204
    problem(client.get(path, headers={"Accept": "text/csv"}), 406)


# Records -------------------------------------------------------------------------------------------


def test_single_records_come_as_the_feed_has_them(world, mirror, client):
    gone = factories.vendor(name="Gone")
    public_id, vendor_id = str(world.public_id), str(gone.pk)
    walked = Mirror(client).sync()
    gone.delete()
    items = {(item["type"], item["id"]): item for item in [*walked.items, *walked.sync().items]}
    for query in ({"ids": [public_id, vendor_id]}, {"ids": f"{vendor_id},{public_id},999999"}):
        found = client.get(RECORDS, {"types": ["vendor", "model"], **query}).json()["items"]
        assert found == [items["model", public_id], items["vendor", vendor_id]]
    assert client.get(RECORDS, {"types": "family", "ids": public_id}).json() == {"items": []}


@pytest.mark.parametrize("query", ["", "ids=", "ids=x", "ids=1,,2", "ids=1%00", "ids=" + ",".join(map(str, range(51)))])
def test_ids_that_make_no_sense_are_named(query, client):
    assert "ids" in problem(client.get(f"{RECORDS}?{query}"), 400)["errors"]


# Manifest ------------------------------------------------------------------------------------------


def test_the_manifest_proves_a_copy_equal(world, mirror, client):
    whole = client.get(MANIFEST).json()
    rows = [(row["type"], row["id"], row["hash"]) for row in whole["items"]]
    assert rows == sorted(rows, key=lambda row: "\t".join(row).encode())
    assert {row[:2] for row in rows} == mirror.records.keys()
    assert whole["count"] == len(rows) == 23
    assert (whole["epoch"], whole["head"]) == (FeedState.objects.get().epoch, FeedState.objects.get().head)


@pytest.mark.parametrize("types", [None, "vendor", "model,family,offering"])
def test_pages_of_the_manifest_add_up(types, world, client):
    query = {"types": types} if types else {}
    whole = client.get(MANIFEST, query).json()
    rows, address = [], f"{MANIFEST}?limit=1" + (f"&types={types}" if types else "")
    while address:
        page = client.get(address).json()
        assert (page["digest"], page["count"]) == (whole["digest"], whole["count"])
        rows += page["items"]
        address = page["next"]
    assert rows == whole["items"]
    assert len(rows) == whole["count"]


def test_the_digest_follows_the_records(world, client):
    first = client.get(MANIFEST).json()
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    second = client.get(MANIFEST).json()
    AIModel.objects.filter(pk=world.pk).update(notice="")
    assert client.get(MANIFEST).json()["digest"] == first["digest"] != second["digest"]


def test_ids_of_any_length_stand_in_the_order_of_their_bytes(client):
    for pk in (9, 10, 100, 2):
        factories.vendor(pk=pk)
    assert [row["id"] for row in client.get(MANIFEST).json()["items"]] == ["10", "100", "2", "9"]


def test_a_manifest_that_moved_is_begun_again(world, client):
    page = client.get(MANIFEST, {"limit": 1}).json()
    AIModel.objects.filter(pk=world.pk).update(notice="New.")
    problem(client.get(page["next"]), 409, "manifest-moved")


# Root ----------------------------------------------------------------------------------------------


def test_the_root_says_where_the_feed_stands(world, mirror, client):
    feed = client.get("/api/v1/").json()["feed"]
    assert (feed["head"], feed["horizon"], feed["schema"]) == (FeedEntry.objects.count(), 0, SCHEMA)
    assert feed["epoch"] == FeedState.objects.get().epoch
    for name in ("changes", "export", "manifest"):
        assert client.get(feed[name]).status_code == 200
