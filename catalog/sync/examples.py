"""Example records for the API documentation."""

from pathlib import Path

from catalog.sync.canonical import canonical, hash_of
from ops.http.urls import absolute
from publishing.api.examples import examples_in

EXAMPLES = examples_in(Path(__file__).parents[1] / "api_examples.json")


def example_of(type_name: str) -> dict:
    """Return an example record in the form of the endpoints."""
    data, more = EXAMPLES[type_name], EXAMPLES["today"]
    return {
        **{"type": type_name, "id": data["id"], "seq": 7, "hash": hash_of(canonical(data))},
        **{"changed_at": "2026-11-25T00:09:07Z", "data": data},
        "url": absolute(data["path"]) if data.get("path") else None,
        **({"today": more[type_name]} if type_name in more else {}),
    }
