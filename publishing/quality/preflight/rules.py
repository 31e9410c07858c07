"""The rules of pre-flight, whose name, level and words come from rules.toml, and the checks that apply them."""

import copy
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlencode

from ops.toml_files import toml_beside
from publishing.content.follow_up import Hook
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable
from publishing.rendering.texts import Texts
from publishing.revisions.snapshot import current, fill
from publishing.richtext import rich_text_fields
from publishing.richtext.document import parse

ERROR, READER_WARNING, WARNING = "error", "reader_warning", "warning"
WORDS = toml_beside(__file__, "rules.toml")
RULES = {name: (level, message) for level in (ERROR, READER_WARNING, WARNING) for name, message in WORDS[level].items()}
# The record’s own validation refuses these even if a reason is given; here they are only announced beforehand.
REFUSED_ANYWAY = {"title_missing", "text_missing", "address_taken"}


class FixAction(StrEnum):
    LINK = "link"  # and replace the words, if the choice has others
    WRITE = "write"
    LINK_ALL = "link-all"
    IGNORE = "ignore"  # in all texts


@dataclass(frozen=True)
class NameFix:
    """A fix for the `nth` occurrence of `words` in `field`, and the label of its button. The script of the form applies
    it; only IGNORE is sent to the server."""

    do: FixAction
    label: str = ""
    field: str = ""
    words: str = ""
    nth: int = 0
    ref: str = ""
    put: str = ""
    is_certain: bool = False  # included in LINK_ALL

    @property
    def value(self) -> str:
        parts = {"do": self.do.value, "field": self.field, "words": self.words, "nth": self.nth or ""}
        return urlencode({name: part for name, part in (parts | {"ref": self.ref, "put": self.put}).items() if part})


@dataclass(frozen=True)
class NameFound:
    """Details of a finding about a name: its words, its position among equal words, and the one-click fixes. `series`
    is the key of the series that an unknown name continues; only `is_unknown` names can be added to the catalogue."""

    words: str
    nth: int
    choices: tuple[NameFix, ...]
    is_unknown: bool = False
    series: int | None = None


@dataclass(frozen=True)
class Finding:
    """A problem in `field` of a record; in a rich text, at `index` (from 0) among its elements `tags`."""

    rule: str
    words: str
    field: str = ""
    tags: str = ""
    index: int = 0
    name: NameFound | None = None

    @property
    def level(self) -> str:
        return RULES[self.rule][0]

    @property
    def is_error(self) -> bool:
        return self.level == ERROR

    @property
    def is_serious(self) -> bool:
        """Return whether an editor is asked before publication: it is an error, or readers get a warning."""
        return self.level in (ERROR, READER_WARNING)


def finding_of(rule: str, field: str = "", tags: str = "", index: int = 0, **values: object) -> Finding:
    return Finding(rule, RULES[rule][1].format(**values), field, tags, index)


@dataclass
class PreflightSubject:
    record: Publishable
    rows: dict
    tags: dict

    @cached_property
    def texts(self) -> dict:
        """The parsed tree of each rich text, by field name."""
        fields = sorted(rich_text_fields(type(self.record)))
        return {field: parse(getattr(self.record, field) or "") for field in fields}

    @cached_property
    def reader_texts(self) -> Texts:
        """The texts with their facts and tables as readers get them, with the same warnings."""
        bodies = [getattr(self.record, field) or "" for field in self.texts]
        return Texts(*bodies, ends_in=bodies)

    @property
    def asker(self) -> AnyUser | None:
        """The editor whose form is checked; None without one."""
        return getattr(self.record, "asker", None)

    @cached_property
    def address(self) -> str:
        return self.record.get_absolute_url() if self.record.slug else ""


CHECKS = Hook()
# Registers a function that returns the findings about a subject. Those of an app are in its module `preflight`.
check = CHECKS.register


def subject_of(record: Publishable, content: dict | None = None) -> PreflightSubject:
    """Return a Subject for `record` with `content` applied in memory only; without content, as it is."""
    if content is None:
        return PreflightSubject(record, {}, {})
    copied = copy.copy(record)
    copied._state = copy.copy(record._state)
    copied._state.fields_cache = {}  # pyright: ignore[reportAttributeAccessIssue] a descriptor that makes this dict
    content = current(type(record), content)
    fill(copied, content)
    return PreflightSubject(copied, content["rows"], content["tags"])
