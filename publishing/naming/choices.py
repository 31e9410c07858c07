"""What an editor can do about a name: buttons of the form, by script and without."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlencode

from django.core.exceptions import ValidationError

from publishing.models import NameMention, NameRule
from publishing.naming.lexicon import lexicon_of_today
from publishing.naming.linking import link_certain, with_words
from publishing.naming.tokens import key_of
from publishing.richtext import rich_text_fields
from publishing.richtext.document import mention

BUTTON = "_names"  # the name of the buttons; their value is a choice


class Do(StrEnum):
    LINK = "link"  # with other words, if the choice has some
    WRITE = "write"
    LINK_ALL = "link-all"
    IGNORE = "ignore"
    IGNORE_EVERYWHERE = "ignore-everywhere"
    HEED = "heed"  # no longer ignore here


@dataclass(frozen=True)
class Choice:
    """What to do with `words` where they stand in `field` for the `nth` time, and what the button says."""

    do: Do
    label: str = ""
    field: str = ""
    words: str = ""
    nth: int = 0
    ref: str = ""
    put: str = ""
    is_certain: bool = False  # one of those that LINK_ALL does

    @property
    def value(self) -> str:
        parts = {"do": self.do.value, "field": self.field, "words": self.words, "nth": self.nth or ""}
        return urlencode({name: part for name, part in (parts | {"ref": self.ref, "put": self.put}).items() if part})

    @property
    def is_rule(self) -> bool:
        return self.do in {Do.IGNORE, Do.IGNORE_EVERYWHERE, Do.HEED}


def chosen(posted: str | None) -> Choice | None:
    """Return the choice whose button was pressed, None where none was. Raises ValidationError for what is none."""
    if not posted:
        return None
    parts = {name: values[0] for name, values in parse_qs(posted[:3000]).items()}
    nth = parts.get("nth", "0")
    ref = parts.get("ref", "")
    named = mention(f"ref:{ref}")
    is_whole = parts.get("do") in set(Do) and nth.isascii() and nth.isdigit() and len(nth) < 7
    if not is_whole or (ref and (named is None or named.fact or named.label not in lexicon_of_today().kinds)):
        raise ValidationError("That button is not known. Load the page again.")
    words = {name: parts.get(name, "")[:200] for name in ("field", "words", "put")}
    return Choice(Do(parts["do"]), nth=int(nth), ref=ref, **words)


def applied(choice: Choice | None, model, fields: dict, ignored) -> dict:
    """Return the `fields` of a record of `model` with what the choice changes in its texts.

    Raises ValidationError where the words no longer stand there."""
    texts = rich_text_fields(model) & fields.keys()
    if choice is None or choice.is_rule:
        return fields
    if choice.do == Do.LINK_ALL:
        lexicon = lexicon_of_today()
        return fields | {name: link_certain(fields[name], lexicon, ignored)[0] for name in texts if fields[name]}
    if choice.field not in texts or (choice.do == Do.LINK and not choice.ref):
        raise ValidationError("That button is not known. Load the page again.")
    ref = choice.ref if choice.do == Do.LINK else ""
    text = with_words(fields[choice.field], choice.words, choice.nth, choice.put or choice.words, ref)
    return fields | {choice.field: text}


def note_rule(choice: Choice, record, user):
    """Keep, or take back, that the words are no name: in the texts of `record` or in all."""
    key = key_of(choice.words)[:200]
    if not key:
        raise ValidationError("That button is not known. Load the page again.")
    if choice.do == Do.IGNORE_EVERYWHERE:
        made = {"words": choice.words, "rule": NameRule.Rule.IGNORE, "author": user}
        NameRule.objects.update_or_create(key=key, source_type=None, defaults=made)
    elif choice.do == Do.IGNORE:
        NameRule.objects.ignore_in(record, choice.words, user)
    else:
        NameRule.objects.of(record).filter(key=key).delete()
    NameMention.objects.sync(list(type(record)._base_manager.filter(pk=record.pk)))
