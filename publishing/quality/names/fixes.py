"""The fixes for a name as buttons of the form. Its script applies them; only rules are sent to the server."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlencode

from publishing.quality.names.name_mention import NameMention
from publishing.quality.names.name_rule import NameRule
from publishing.quality.names.tokens import key_of


class FixAction(StrEnum):
    LINK = "link"  # and replace the words, if the choice has others
    WRITE = "write"
    LINK_ALL = "link-all"
    IGNORE = "ignore"
    IGNORE_EVERYWHERE = "ignore-everywhere"
    HEED = "heed"  # stop ignoring the words here


RULES = {FixAction.IGNORE, FixAction.IGNORE_EVERYWHERE, FixAction.HEED}


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


def rule_in(posted: str) -> NameFix | None:
    """Return the rule that the value of a button asks for, None for any other input."""
    parts = {name: values[0] for name, values in parse_qs(posted[:3000]).items()}
    words = parts.get("words", "")[:200]
    is_rule = parts.get("do") in RULES and key_of(words)
    return NameFix(FixAction(parts["do"]), words=words) if is_rule else None


def note_rule(choice: NameFix, record, user):
    """Store, or delete, the rule that the words are not a name, in the texts of `record` or in all texts."""
    key = key_of(choice.words)[:200]
    if choice.do == FixAction.IGNORE_EVERYWHERE:
        made = {"words": choice.words, "rule": NameRule.Rule.IGNORE, "author": user}
        NameRule.objects.update_or_create(key=key, source_type=None, defaults=made)
    elif choice.do == FixAction.IGNORE:
        NameRule.objects.ignore_in(record, choice.words, user)
    else:
        NameRule.objects.of(record).filter(key=key).delete()
    NameMention.objects.sync(list(type(record)._base_manager.filter(pk=record.pk)))
