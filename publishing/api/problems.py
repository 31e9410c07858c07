"""The problems that have a name: what each means, and what its reader does about it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    name: str
    status: int
    meaning: str
    remedy: str


PROBLEMS = [
    Problem(**entry) for entry in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["problem"]
]
