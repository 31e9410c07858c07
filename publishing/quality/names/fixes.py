"""The fixes for a name as buttons of the form. Its script applies them; only rules are sent to the server."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlencode

from publishing.quality.names.tokens import key_of


class FixAction(StrEnum):
    LINK = "link"  # and replace the words, if the choice has others
    WRITE = "write"
    LINK_ALL = "link-all"
    IGNORE = "ignore"  # in all texts


@dataclass(frozen=True)
class NameFix:
    """A fix for the `nth` occurrence of `words` in `field`, and the label of its button."""

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


def words_to_ignore(posted: str) -> str:
    """Return the words that the value of a button asks to ignore; "" for any other input."""
    parts = {name: values[0] for name, values in parse_qs(posted[:3000]).items()}
    words = parts.get("words", "")[:200]
    return words if parts.get("do") == FixAction.IGNORE and key_of(words) else ""
