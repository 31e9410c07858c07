"""The description of the feed in the OpenAPI document."""

from collections.abc import Callable
from copy import deepcopy

import orjson
from drf_spectacular.utils import extend_schema

from catalog.documents.schema import HASH, SEQ, components
from catalog.documents.sync.declaration import TYPES
from catalog.models import FeedEntry
from ops.http.errors import PROBLEM_CONTENT_TYPE
from ops.toml_files import toml_beside
from publishing.api import schemas
from publishing.api.filters import MOST_VALUES
from publishing.api.partner_files import DOCS, read_for_this_site
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
    return orjson.loads(read_for_this_site(FIXTURES / name))["response"]["body"]


PAGE, MANIFEST = recorded("changes-merge.json"), recorded("manifest.json")
EXPORT = read_for_this_site(FIXTURES / "export.ndjson")


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
PLACE = r"[0-9a-f]{1,32}\.[0-9]{1,18}\.[0-9]{1,18}"  # the head of the last page, and the rows up to its end
OPERATIONS = toml_beside(__file__, "operations.toml")
EXAMPLES = {
    ("changes", "200"): PAGE,
    ("records", "200"): {"items": PAGE["items"]},
    ("export", "200"): EXPORT,
    ("export", "206"): EXPORT.splitlines()[-1],
    ("manifest", "200"): MANIFEST,
}
PARAMETERS = {
    "types": {"type": "array", "minItems": 1, "items": TYPE},
    "ids": {
        **{"type": "array", "minItems": 1, "maxItems": MOST_VALUES},
        "items": {"type": "string", "pattern": f"^{ID_PATTERN}$"},
    },
    "after": {"type": "string", "pattern": f"^{PLACE}$"},
}


def describe(name: str) -> Callable:
    """Return the decorator that describes an endpoint in the OpenAPI document, by operations.toml."""
    operation = OPERATIONS[name]
    for parameter in operation["parameters"]:
        parameter.setdefault("schema", PARAMETERS.get(parameter["name"]))
    for status, answer in operation["responses"].items():
        example = EXAMPLES.get((name, status))
        if "problem" in answer:
            # The example is the name: the problem document is derived from it (publishing.api.document).
            example, answer["content"] = answer.pop("problem"), {PROBLEM_CONTENT_TYPE: {"schema": ref("Problem")}}
        for content in answer["content"].values():
            content["examples"] = {"recorded": {"value": example}}
    return extend_schema(operation=operation)
