"""The OpenAPI document as a page shows it: endpoint by endpoint, with parameters and an example."""

from dataclasses import dataclass

import orjson

LIST = ", repeatable or with commas"


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    type: str
    values: list[str]
    default: str
    description: str
    is_required: bool
    is_deprecated: bool


@dataclass(frozen=True)
class Operation:
    anchor: str
    path: str
    summary: str
    parameters: list[Parameter]
    example: str
    is_deprecated: bool


@dataclass(frozen=True)
class Collection:
    """What stands under one tag of the document."""

    anchor: str
    name: str
    description: str
    operations: list[Operation]


def collections_of(document: dict) -> list[Collection]:
    """Return the collections in the order of the document's tags."""
    found = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            found[operation["tags"][0]].append(_operation(document, path, operation))
    return [Collection(f"at-{t['name']}", t["name"], t["description"], found[t["name"]]) for t in document["tags"]]


def _operation(document: dict, path: str, operation: dict) -> Operation:
    parameters = [_parameter(parameter) for parameter in operation["parameters"] if "$ref" not in parameter]
    return Operation(
        anchor=f"do-{operation['operationId']}",
        path=path,
        summary=operation["summary"],
        parameters=parameters,
        example=_example(operation),
        is_deprecated=operation.get("deprecated", False),
    )


def _parameter(parameter: dict) -> Parameter:
    schema = parameter["schema"]
    is_list = schema.get("type") == "array"
    item = schema["items"] if is_list else schema
    values = [str(value) for value in item.get("enum", [])]
    default = schema.get("default")
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        type=_type(item) + (LIST if is_list else ""),
        values=values,
        default="" if default is None else str(default),
        description=parameter.get("description", ""),
        is_required=parameter.get("required", False),
        is_deprecated=parameter.get("deprecated", False),
    )


def _type(schema: dict) -> str:
    name = {"integer": "whole number", "string": "text"}.get(schema.get("type"), "text")
    if schema.get("enum"):
        name = "one of"
    elif "maximum" in schema and schema["maximum"] < 10**9:
        name = f"{name}, {schema.get('minimum', 0)} to {schema['maximum']}"
    return name


def _example(operation: dict) -> str:
    for content in operation["responses"]["200"].get("content", {}).values():
        if "example" in content:
            example = content["example"]
            return example if isinstance(example, str) else orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()
    return ""
