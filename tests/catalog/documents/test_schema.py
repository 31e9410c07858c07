"""Every stored document, and every record as it is sent, matches the schema in the OpenAPI document."""

import orjson
import pytest
from jsonschema import Draft202012Validator

from catalog.documents.forms import DOCUMENTS
from catalog.documents.read import stamp_pending_changes
from catalog.documents.schema import components
from catalog.documents.sync.declaration import TYPES
from catalog.models import FeedEntry
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS
from tests.catalog.documents.sync.mirror import Mirror

pytestmark = pytest.mark.usefixtures("starter_content")
PATHS = {name: f"/api/v1/{model._meta.verbose_name_plural}/" for name, model in TYPES.items()}


def strict(schema):
    """Return the schema so that it rejects fields that it does not name."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else {}
    return {name: strict(part) for name, part in schema.items()} | closed


def validator(name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": strict(components())}}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def walk(client, path: str) -> list[dict]:
    items, following = [], f"{path}?limit=200"
    while following:
        page = client.get(following).json()
        items, following = items + page["items"], page["next"]
    return items


@pytest.mark.parametrize("name", TYPES)
def test_every_document_of_the_starter_content_is_of_its_schema(name):
    stamp_pending_changes()
    check, bodies = validator(DOCUMENTS[name].name), FeedEntry.objects.live().filter(type=name)
    documents = [orjson.loads(body) for body in bodies.values_list("body", flat=True)]
    assert documents
    assert [error.message for document in documents for error in check.iter_errors(document)] == []


def test_a_field_without_a_schema_would_be_found():
    stamp_pending_changes()
    body = FeedEntry.objects.live().filter(type="vendor").values_list("body", flat=True).first()
    assert list(validator("Vendor").iter_errors({**orjson.loads(body), "more": 1}))


@pytest.mark.parametrize("name", TYPES)
def test_a_list_sends_the_records_of_the_feed(name, client):
    items = walk(client, PATHS[name])
    feed = Mirror(client, types=name, limit=1000)
    records = {record_id: data for (_, record_id), data in feed.sync().records.items()}
    assert {item["id"]: item["data"] for item in items} == records
    shared = ("type", "id", "seq", "hash", "changed_at", "data")
    sent = {item["id"]: {field: item[field] for field in shared} for item in feed.items}
    assert {item["id"]: {field: item[field] for field in shared} for item in items} == sent
    check = validator("Record")
    assert [error.message for item in [*items[:100], *feed.items[:100]] for error in check.iter_errors(item)] == []


def test_records_have_the_address_of_their_page(client, settings):
    for name in TYPES:
        for item in walk(client, PATHS[name]):
            path = item["data"].get("path")
            assert item["url"] == (path and f"{settings.SITE_URL}{path}")


def test_facts_are_fields_of_the_schema_by_themselves():
    schemas = components()
    assert {fact.name for fact in MODEL_FACTS} <= schemas["Model"]["properties"].keys()
    assert {fact.name for fact in OFFERING_FACTS} <= schemas["Offering"]["properties"].keys()
