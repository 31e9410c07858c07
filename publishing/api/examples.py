"""Examples of responses for the documentation: stored as data, and checked against their schemas by a test."""

from pathlib import Path

import orjson

from ops.http.urls import absolute

HERE = "https://example.com/"


def examples_in(path: Path) -> dict:
    """Return the examples in a file by name, with example.com replaced by the address of this site."""
    return orjson.loads(path.read_bytes().replace(HERE.encode(), absolute("/").encode()))
