"""Documents as the endpoints give them, for the documentation: kept as data, and held to their schemas by a test."""

from pathlib import Path

import orjson

from ops.http.urls import absolute

HERE = "https://example.com/"


def examples_in(path: Path) -> dict:
    """Return the examples of a file by their names, with the address of this site where they have example.com."""
    return orjson.loads(path.read_bytes().replace(HERE.encode(), absolute("/").encode()))
