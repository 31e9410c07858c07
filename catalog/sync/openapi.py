"""The description of the feed in the OpenAPI document."""

from copy import deepcopy

import orjson
from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from catalog.documents.compose import SCHEMA
from catalog.documents.schema import HASH, SEQ, components
from catalog.models import FeedEntry
from catalog.sync.canonical import digest_of, hash_of
from catalog.sync.declaration import TYPES
from catalog.sync.examples import example_of
from catalog.sync.head import POLL_SECONDS
from ops.http.errors import PROBLEM_CONTENT_TYPE
from ops.http.urls import absolute
from publishing.api.filters import MOST_VALUES
from publishing.api.schemas import ADDRESS, ID, TEXT, an_object, or_null, ref, several

ENDPOINTS = ("changes", "records", "export", "manifest")
TYPE = {"type": "string", "enum": list(TYPES)}
EPOCH = {**TEXT, "description": "Of the database; another one means that all cursors are void."}
HEAD = {"type": "integer", "minimum": 0, "description": "The highest number that was given."}
ITEMS = several({"oneOf": [ref("Record"), ref("Deletion")]}, "Records and deletions.")
SCHEMAS = {
    "Deletion": an_object(
        "Says of a record that it is public no more.",
        {
            "op": {"type": "string", "const": "delete"},
            **{"type": TYPE, "id": ID, "seq": SEQ},
            "reason": {"type": "string", "enum": FeedEntry.Reason.values},
            "merged_into": or_null({**TEXT, "description": "The id of the record that stands for it now."}),
        },
    ),
    "Changes": an_object(
        "A page of the feed.",
        {
            "cursor": {**TEXT, "description": "Where to go on, also after an empty page."},
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
            "items": several(ref("RecordHash"), "By type and id."),
            "next": or_null({**ADDRESS, "description": "The next page."}),
        },
    ),
    "RecordHash": an_object("The hash of a record.", {"type": TYPE, "id": ID, "hash": HASH}),
    "FeedState": an_object(
        "Where the feed of the catalogue stands.",
        {
            "epoch": EPOCH,
            "head": HEAD,
            "horizon": {
                **HEAD,
                "description": "A cursor below this number is expired: deletions that it missed are gone.",
            },
            "schema": {
                "type": "integer",
                "description": "Of the documents; a new one gives new numbers to what it alters.",
            },
            "poll_seconds": {"type": "integer", "description": "How often to ask is enough."},
            **dict.fromkeys(ENDPOINTS, ADDRESS),
        },
    ),
}
EXAMPLE = {name: value for name, value in example_of("modality").items() if name != "url"}
PAGE_EXAMPLE = {
    "cursor": "1.f2430dfe6f153fe6.8.0.modality_model.7aq2ZliQ7F_8W-SqpopC019JavLzEUDr6NPwL_CpLOc",
    "has_more": False,
    "items": [
        {"op": "upsert", **EXAMPLE},
        {
            **{"op": "delete", "type": "model", "id": "6a4bdb4d-8569-477d-ad86-302fa98b1e79", "seq": 8},
            **{"reason": "merged", "merged_into": "88a1b341-6092-4ba4-82c2-0e8a30b12960"},
        },
    ],
}
HASH_EXAMPLE = {name: EXAMPLE[name] for name in ("type", "id", "hash")}
MANIFEST_EXAMPLE = {
    **{"epoch": "f2430dfe6f153fe6", "head": 8, "count": 1, "digest": digest_of([tuple(HASH_EXAMPLE.values())])[0]},
    "items": [HASH_EXAMPLE],
    "next": None,
}
EXPORT_LINES = [
    {
        **{"kind": "header", "epoch": "f2430dfe6f153fe6", "head": 8, "schema": SCHEMA},
        **{"licence": settings.DATA_LICENCE, "types": ["modality"], "cursor": PAGE_EXAMPLE["cursor"]},
    },
    EXAMPLE,
]
EXPORT_BODY = b"".join(orjson.dumps(line) + b"\n" for line in EXPORT_LINES)
TRAILER = {"kind": "trailer", "count": 1, "sha256": hash_of(EXPORT_BODY)}
EXPORT_EXAMPLE = f"{EXPORT_BODY.decode()}{orjson.dumps(TRAILER).decode()}\n"


def describe_catalogue(result, generator, request, public):
    """Add the schemas of the catalogue and the feed's part of the root. A postprocessing hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    schemas |= deepcopy({**components(), **SCHEMAS})
    schemas["Root"]["properties"]["feed"] = ref("FeedState")
    schemas["Root"]["required"] = [*schemas["Root"]["properties"]]
    content = result["paths"]["/api/v1/"]["get"]["responses"]["200"]["content"]["application/json"]
    content["example"] = content["example"] | {
        "feed": {
            **{"epoch": "f2430dfe6f153fe6", "head": 8, "horizon": 0, "schema": SCHEMA, "poll_seconds": POLL_SECONDS},
            **{name: absolute(f"/api/v1/{name}/") for name in ENDPOINTS},
        }
    }
    return result


ID_PATTERN = "[0-9a-f-]{1,36}"
# The head of the last page, and the type and id of its last row. Without named groups, because ECMAScript has another
# syntax for those.
PLACE = rf"([0-9a-f]{{1,32}})\.([0-9]{{1,18}})\.({'|'.join(TYPES)})\.({ID_PATTERN})"


def parameter(name: str, schema: dict, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, description=description)


def header(name: str, description: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        name, OpenApiTypes.STR, OpenApiParameter.HEADER, response=list(statuses), description=description
    )


def problem(description: str, name: str) -> OpenApiResponse:
    # Only the name: the full problem document is derived from it (publishing.api.document).
    example = OpenApiExample("A problem", name)
    return OpenApiResponse({"$ref": "#/components/schemas/Problem"}, description, examples=[example])


def problems(*found: tuple[int, str, str]) -> dict:
    """Return the responses for problems by status; each has a name and a description."""
    return {(str(status), PROBLEM_CONTENT_TYPE): problem(description, name) for status, name, description in found}


TYPES_WANTED = OpenApiParameter(
    "types",
    {"type": "array", "minItems": 1, "items": TYPE},
    explode=True,
    style="form",
    description="Which types of record; all unless told.",
)
NEXT = header("Link", "`rel=next`: the next page.", 200)

describe_changes = extend_schema(
    operation_id="list_changes",
    summary="Follow the changes",
    description=(
        "What changed in the catalogue, in the order of its numbers, each record once: with its newest document or with"
        " the reason for which it is public no more. Without a cursor it begins at the start and sends all there is."
        " Keep the cursor of each page when you have stored the page, and go on from there, today or in a month."
        " Records may come before others that they name; when `has_more` is false, all of them are there."
    ),
    parameters=[
        parameter("cursor", {"type": "string", "maxLength": 300}, "Where to go on, as given by the page before."),
        TYPES_WANTED,
        parameter("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 200}, "How many at most."),
        header("Link", "`rel=next`: the next page. With a 410 `rel=first`: where to begin anew.", 200, 410),
    ],
    responses={
        200: OpenApiResponse(ref("Changes"), "A page.", examples=[OpenApiExample("A page", PAGE_EXAMPLE)]),
        **problems(
            (400, "cursor-invalid", "A parameter is not acceptable, or the cursor was not given out here."),
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
    summary="Fetch single records",
    description=(
        "The present items of a few records, as `/changes/` would send them, to repair a copy. Ids that no record ever"
        " had are left out."
    ),
    parameters=[
        OpenApiParameter(
            "ids",
            {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_VALUES,
                "items": {"type": "string", "pattern": f"^{ID_PATTERN}$"},
            },
            required=True,
            explode=True,
            style="form",
            description="Ids as the feed has them.",
        ),
        TYPES_WANTED,
    ],
    responses={
        200: OpenApiResponse(
            ref("Records"), "The items.", examples=[OpenApiExample("Items", {"items": PAGE_EXAMPLE["items"]})]
        )
    },
)
describe_export = extend_schema(
    operation_id="download_export",
    summary="Fetch everything",
    description=(
        "All records as lines of JSON: first a header with the cursor with which `/changes/` goes on, then a `Record` a"
        " line, last a trailer with their number and the SHA-256 of all bytes before it. A download that broke off is"
        " resumed with `Range` and `If-Range`."
    ),
    parameters=[
        TYPES_WANTED,
        OpenApiParameter("Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="As bytes=1000-"),
        OpenApiParameter(
            "If-Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of what is there already."
        ),
        header("Accept-Ranges", "`bytes`; `none` with gzip, which is sent whole.", 200, 206),
        header("Content-Range", "Which bytes these are; with a 416, how many there are.", 206, 416),
        header("Retry-After", "After so many seconds there may be room.", 503),
    ],
    responses={
        (200, "application/x-ndjson"): OpenApiResponse(
            OpenApiTypes.STR, "The file.", examples=[OpenApiExample("A file", EXPORT_EXAMPLE)]
        ),
        (206, "application/x-ndjson"): OpenApiResponse(
            OpenApiTypes.STR,
            "The part of it that was asked for.",
            examples=[OpenApiExample("The end of a file", EXPORT_EXAMPLE.splitlines(keepends=True)[-1])],
        ),
        **problems(
            (416, "", "The file has no such bytes."),
            (503, "", "As many exports are on their way as there can be: try again when `Retry-After` says."),
        ),
    },
)
describe_manifest = extend_schema(
    operation_id="get_manifest",
    summary="Prove that a copy is equal",
    description=(
        "The hash of every record, in pages, and one digest of all of them: a copy with the same digest is equal; one"
        " with another is repaired by fetching what differs."
    ),
    parameters=[
        TYPES_WANTED,
        parameter("limit", {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1000}, "How many at most."),
        parameter("after", {"type": "string", "pattern": f"^{PLACE}$"}, "Where to go on, as given in `next`."),
        NEXT,
    ],
    responses={
        200: OpenApiResponse(ref("Manifest"), "A page.", examples=[OpenApiExample("A page", MANIFEST_EXAMPLE)]),
        **problems((409, "manifest-moved", "There were changes since the first page: begin anew.")),
    },
)
