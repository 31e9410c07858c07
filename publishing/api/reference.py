"""Prepare the OpenAPI document for the documentation page: endpoints with parameters and an example."""

import orjson

LIST = ", repeatable or with commas"


def collections_of(document: dict) -> list[dict]:
    """Return the tags of the document in order, each with an `anchor` and its `operations`.

    Operations and parameters are those of the document, with additional keys for the page.
    """
    found = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            parameters = [_parameter(parameter) for parameter in operation["parameters"] if "$ref" not in parameter]
            shown = {"path": path, "parameters": parameters, "example": _example(operation)}
            found[operation["tags"][0]].append(operation | shown)
    return [tag | {"anchor": f"at-{tag['name']}", "operations": found[tag["name"]]} for tag in document["tags"]]


def _parameter(parameter: dict) -> dict:
    schema = parameter["schema"]
    is_list = schema.get("type") == "array"
    item = schema["items"] if is_list else schema
    return parameter | {
        "type": _type(item) + (LIST if is_list else ""),
        "values": item.get("enum", []),
        "default": schema.get("default"),
    }


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
