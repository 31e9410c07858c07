"""The OpenAPI document is valid and complete, and its examples are correct."""

import hashlib
import json
import re

import pytest
import rfc8785
import schemathesis
from django.conf import settings
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json()


def operations(document):
    return [
        (path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def resolved(document, node):
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def problems(document, schema, value) -> list[str]:
    whole = {**schema, "components": document["components"]}
    checker = Draft202012Validator.FORMAT_CHECKER
    return [error.message for error in Draft202012Validator(whole, format_checker=checker).iter_errors(value)]


def test_document_is_valid(document):
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()


def test_document_says_who_may_do_what_with_it(document):
    assert document["servers"] == [{"url": settings.SITE_URL}]
    key = document["components"]["securitySchemes"]["partnerKey"]
    assert (key["type"], key["scheme"]) == ("http", "bearer")
    assert all(operation["security"] == [{}, {"partnerKey": []}] for _, _, operation in operations(document))


def test_hashes_of_the_examples_are_those_of_their_data(document):
    def example(path):
        (content,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
        return content["example"]

    def hashed(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    *lines, trailer = example("/api/v1/export/").splitlines(keepends=True)
    records = [json.loads(line) for line in lines[1:]]
    records += [item for path in ("changes", "records") for item in example(f"/api/v1/{path}/")["items"]]
    upserts = [record for record in records if "data" in record]
    assert len(upserts) == 11
    assert [hashed(rfc8785.dumps(record["data"])) for record in upserts] == [record["hash"] for record in upserts]
    assert json.loads(trailer)["sha256"] == hashed("".join(lines).encode())
    manifest = example("/api/v1/manifest/")
    single = [example(path) for path in document["paths"] if "{" in path]
    assert sum("hash" in record for record in single) == 7
    assert all(record["hash"] == hashed(rfc8785.dumps(record["data"])) for record in single if "hash" in record)
    live = upserts[: manifest["count"]]  # those of the export
    rows = sorted("\t".join([row["type"], row["id"], row["hash"]]).encode() + b"\n" for row in live)
    assert manifest["digest"] == hashed(b"".join(rows))


def test_no_number_is_larger_than_json_readers_can_hold(document):
    assert max(map(int, re.findall(r'"maximum": ?(\d+)', json.dumps(document)))) == 2**53 - 1


def test_every_operation_is_named_and_says_all_that_it_may_answer(document):
    seen = set()
    for path, method, operation in operations(document):
        seen.add(operation["operationId"])
        assert operation["summary"], path
        assert operation["description"], path
        assert {tag["name"] for tag in document["tags"]}.issuperset(operation["tags"]), path
        assert operation["responses"].keys() >= {"200", "400", "401", "406", "429", "500"}, path
        assert ("304" in operation["responses"]) == (method == "get"), path
        if "{" in path:
            assert operation["responses"].keys() >= {"301", "404", "410"}, path
        for status, response in operation["responses"].items():
            response = resolved(document, response)
            assert response["description"], (path, status)
            assert response["headers"].keys() >= {"RateLimit", "RateLimit-Policy", "X-Request-ID"}, (path, status)
    assert len(seen) == len(operations(document))


def test_every_parameter_is_described_and_has_a_schema(document):
    for path, _, operation in operations(document):
        for parameter in operation["parameters"]:
            parameter = resolved(document, parameter)
            assert parameter["description"], (path, parameter["name"])
            assert parameter["schema"], (path, parameter["name"])


def test_every_example_is_of_its_schema(document):
    seen = 0
    for path, _, operation in operations(document):
        for status, response in operation["responses"].items():
            for content in resolved(document, response).get("content", {}).values():
                assert content["example"], (path, status)
                assert not problems(document, content["schema"], content["example"]), (path, status)
                seen += 1
    assert seen > 100


def test_an_example_that_lacks_a_field_would_be_found(document):
    content = document["paths"]["/api/v1/models/{slug}/"]["get"]["responses"]["200"]["content"]["application/json"]
    data = {name: value for name, value in content["example"]["data"].items() if name != "slug"}
    assert problems(document, content["schema"], {**content["example"], "data": data})


@pytest.mark.parametrize("path", ["", "models/", "models/x/", "openapi.json", "offerings/1/", "articles/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_other_methods_are_told_of_get_and_head(method, path, client):
    response = getattr(client, method)(f"/api/v1/{path}")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.json()["status"] == 405


@pytest.mark.parametrize("path", ["", "models/", "openapi.json"])
def test_head_is_get_without_the_body(path, client):
    get, head = client.get(f"/api/v1/{path}"), client.head(f"/api/v1/{path}")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(get.content))


@pytest.mark.parametrize("path", ["", "openapi.json", "models/"])
def test_a_program_that_takes_no_json_is_told_so(path, client):
    response = client.get(f"/api/v1/{path}", headers={"Accept": "application/xml"})
    assert response.status_code == 406
    assert response.json()["status"] == 406


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json;q=0, application/xml", 406),
        ("application/json;q=0, */*", 406),
        ("*/*;q=0", 406),
        ("application/json;q=0.1, application/xml", 200),
        ("*/*;q=0, application/json", 200),
        ("application/*;q=0, */*;q=0.5", 406),
    ],
)
def test_a_type_that_is_refused_is_not_sent(accept, status, client):
    response = client.get("/api/v1/", headers={"Accept": accept})
    assert (response.status_code, response.json().get("status", 200)) == (status, status)


def test_root_and_document_know_no_parameters(client):
    for path in ("/api/v1/", "/api/v1/openapi.json"):
        response = client.get(f"{path}?x=1")
        assert response.status_code == 400
        assert response.json()["type"].endswith("/api/#problem-unknown-parameter")


def test_another_method_is_refused_before_its_parameters_are_looked_at(client):
    assert client.post("/api/v1/models/?x=1").status_code == 405


def test_a_problem_names_its_instance_as_a_reference(client):
    assert client.get("/api/v1/vendors/%C3%BC%20%22/").json()["instance"] == "/api/v1/vendors/%C3%BC%20%22/"
