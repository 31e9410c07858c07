"""What is looked for, and how bad it is: the table of it is rules.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ERROR, WARNING = "error", "warning"
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
RULES = {name: (level, words) for level in (ERROR, WARNING) for name, words in WORDS[level].items()}
# What the record’s own validation refuses in words, whatever reason is given: here it is only said beforehand.
REFUSED_ANYWAY = {"title_missing", "text_missing", "address_taken"}


@dataclass(frozen=True)
class Finding:
    """Something found in `field` of a record; in a rich text at the place `index`, from 0, among its `tags`. Of a
    name, `name` is what publishing.preflight.names says of it."""

    rule: str
    words: str
    field: str = ""
    tags: str = ""
    index: int = 0
    name: object = None

    @property
    def is_error(self) -> bool:
        return RULES[self.rule][0] == ERROR


def found(rule: str, field: str = "", tags: str = "", index: int = 0, **known) -> Finding:
    return Finding(rule, RULES[rule][1].format(**known), field, tags, index)
