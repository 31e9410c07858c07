"""The description of the feed in the OpenAPI document."""

from copy import deepcopy
from typing import Any

import orjson
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from catalog.documents.schema import HASH, SEQ, components
from catalog.models import FeedEntry
from catalog.sync.declaration import TYPES
from ops.http.errors import PROBLEM_CONTENT_TYPE
from publishing.api import schemas
from publishing.api.filters import MOST_VALUES
from publishing.api.pages import DOCS
from publishing.api.schemas import ADDRESS, ID, TEXT, an_object, or_null, ref

FIXTURES = DOCS / "fixtures"
ENDPOINTS = ("changes", "records", "export", "manifest")
TYPE = {"type": "string", "enum": list(TYPES)}
EPOCH = {**TEXT, "description": "Of the database; another one means that all cursors are void."}
HEAD = {"type": "integer", "minimum": 0, "description": "The highest number that was given."}
ITEMS = schemas.several({"oneOf": [ref("Record"), ref("Deletion")]}, "Records and deletions.")
SCHEMAS = {
    "Deletion": an_object(
        "Says that a record is no longer public.",
        {
            "op": {"type": "string", "const": "delete"},
            **{"type": TYPE, "id": ID, "seq": SEQ},
            "reason": {"type": "string", "enum": FeedEntry.Reason.values},
            "merged_into": or_null({**TEXT, "description": "The id of the record that replaces it."}),
        },
    ),
    "Changes": an_object(
        "A page of the feed.",
        {
            "cursor": {**TEXT, "description": "Cursor for the next request, also after an empty page."},
            "has_more": {"type": "boolean"},
            "items": ITEMS,
        },
    ),
    "Records": an_object("Single records.", {"items": ITEMS}),
    "Manifest": an_object(
        "A page of hashes.",
        {
            "epoch": EPOCH,
            "head": HEAD,
            "count": {"type": "integer", "minimum": 0, "description": "Of all records."},
            "digest": {**HASH, "description": "SHA-256 of the lines `type TAB id TAB hash LF` of all records, sorted."},
            "items": schemas.several(ref("RecordHash"), "By type and id."),
            "next": or_null({**ADDRESS, "description": "The next page."}),
        },
    ),
    "RecordHash": an_object("The hash of a record.", {"type": TYPE, "id": ID, "hash": HASH}),
    "FeedState": an_object(
        "State of the feed.",
        {
            "epoch": EPOCH,
            "head": HEAD,
            "horizon": {**HEAD, "description": "Cursors below this number have expired."},
            "schema": {
                "type": "integer",
                "description": "Version of the documents; a new version gives changed documents new numbers.",
            },
            "poll_seconds": {"type": "integer", "description": "Recommended interval between requests."},
            **dict.fromkeys(ENDPOINTS, ADDRESS),
        },
    ),
}


def recorded(name: str) -> dict:
    """Return the body of a recorded answer, as partners get it for their tests."""
    return orjson.loads((FIXTURES / name).read_bytes())["response"]["body"]


PAGE, MANIFEST = recorded("changes-merge.json"), recorded("manifest.json")
EXPORT = (FIXTURES / "export.ndjson").read_text()


def describe_catalogue(result: dict, generator: object, request: object, public: bool) -> dict:
    """Add the schemas of the catalogue and the feed's part of the root. A postprocessing hook of drf-spectacular."""
    parts = result["components"]["schemas"]
    parts |= deepcopy({**components(), **SCHEMAS})
    parts["Root"]["properties"]["feed"] = ref("FeedState")
    parts["Root"]["required"] = [*parts["Root"]["properties"]]
    content = result["paths"]["/api/v1/"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = content["example"] | {"feed": recorded("root.json")["feed"]}
    return result


ID_PATTERN = "[0-9a-f-]{1,36}"
ID_OF_RECORD = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
PLACE = r"[0-9a-f]{1,32}\.[0-9]{1,18}\.[0-9]{1,18}"  # the head of the last page, and the rows up to its end
NDJSON = "application/x-ndjson"


def parameter(name: str, description: str, schema: dict, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, schema, description=description, **more)


def several(name: str, description: str, item_schema: dict, **more: Any) -> OpenApiParameter:
    """Return a parameter that takes a list."""
    schema = {"type": "array", "minItems": 1, "items": item_schema, **more.pop("limits", {})}
    return parameter(name, description, schema, explode=True, style="form", **more)


def limit(default: int, most: int) -> OpenApiParameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return parameter("limit", "Maximum number of items.", schema)


def header(name: str, description: str, *statuses: int) -> OpenApiParameter:
    """Return a header of the request, or of the answers with these statuses."""
    where = {"location": OpenApiParameter.HEADER, "response": list(statuses) or False}
    return OpenApiParameter(name, OpenApiTypes.STR, description=description, **where)


def answer(description: str, schema: dict | OpenApiTypes, example: Any) -> OpenApiResponse:
    return OpenApiResponse(schema, description, examples=[OpenApiExample("As recorded", example)])


def problems(*found: tuple[int, str, str]) -> dict:
    """Return the answers for problems by status; each has a name and a description."""
    # The example is the name: the problem document is derived from it (publishing.api.document).
    return {
        (str(status), PROBLEM_CONTENT_TYPE): answer(description, ref("Problem"), name)
        for status, name, description in found
    }


TYPES_WANTED = several("types", "Types of record. Default: all.", TYPE)

describe_changes = extend_schema(
    operation_id="list_changes",
    summary="List changes",
    description=(
        "What changed in the catalogue, in the order of its numbers, each record once: with its newest document or with"
        " the reason for which it is public no more. Without a cursor it begins at the start and sends all there is."
        " Keep the cursor of each page when you have stored the page, and go on from there, today or in a month."
        " Records may come before others that they name; when `has_more` is false, all of them are there."
    ),
    parameters=[
        parameter("cursor", "Cursor of the page before.", {"type": "string", "maxLength": 300}),
        TYPES_WANTED,
        limit(200, most=1000),
        header("Link", "`rel=next`: the next page. With a 410 `rel=first`: where to start again.", 200, 410),
    ],
    responses={
        200: answer("A page.", ref("Changes"), PAGE),
        **problems(
            (400, "cursor-invalid", "A parameter or the cursor is invalid."),
            (
                *(410, "cursor-expired"),
                "The cursor is of another database (`cursor-foreign`), or so old that deletions since then are known"
                " no more (`cursor-expired`): begin anew, without a cursor.",
            ),
        ),
    },
)
describe_records = extend_schema(
    operation_id="get_records",
    summary="List single records",
    description=(
        "The present items of a few records, as `/changes/` would send them, to repair a copy. Ids that no record ever"
        " had are left out."
    ),
    parameters=[
        several("ids", "Ids as the feed has them.", ID_OF_RECORD, required=True, limits={"maxItems": MOST_VALUES}),
        TYPES_WANTED,
    ],
    responses={200: answer("The items.", ref("Records"), {"items": PAGE["items"]})},
)
describe_export = extend_schema(
    operation_id="download_export",
    summary="Download the export",
    description=(
        "All records as lines of JSON: first a header with the cursor with which `/changes/` goes on, then a `Record` a"
        " line, last a trailer with their number and the SHA-256 of all bytes before it. A download that broke off is"
        " resumed with `Range` and `If-Range`."
    ),
    parameters=[
        TYPES_WANTED,
        header("Range", "For example bytes=1000-."),
        header("If-Range", "The ETag of the interrupted download."),
        header("Accept-Ranges", "`bytes`; `none` with gzip, which is sent whole.", 200, 206),
        header("Content-Range", "Which bytes these are; with a 416, how many there are.", 206, 416),
        header("Retry-After", "Seconds to wait.", 503),
    ],
    responses={
        (200, NDJSON): answer("The file.", OpenApiTypes.STR, EXPORT),
        (206, NDJSON): answer("The part of it that was asked for.", OpenApiTypes.STR, EXPORT.splitlines()[-1]),
        **problems(
            (416, "", "The file has no such bytes."),
            (503, "", "Too many exports are being sent. Try again after `Retry-After` seconds."),
        ),
    },
)
describe_manifest = extend_schema(
    operation_id="get_manifest",
    summary="Verify a copy",
    description=(
        "The hash of every record, in pages, and one digest of all of them: a copy with the same digest is equal; one"
        " with another is repaired by fetching what differs."
    ),
    parameters=[
        TYPES_WANTED,
        limit(1000, most=10_000),
        parameter("after", "Start of the page, from `next`.", {"type": "string", "pattern": f"^{PLACE}$"}),
        header("Link", "`rel=next`: the next page.", 200),
    ],
    responses={
        200: answer("A page.", ref("Manifest"), MANIFEST),
        **problems((409, "manifest-moved", "The catalogue has changed since the first page. Start again.")),
    },
)
