"""What is looked at: a record in memory that says what its draft says, and its texts as trees."""

import copy
from dataclasses import dataclass
from functools import cached_property

from publishing.models import Publishable
from publishing.revisions.content import current, fill
from publishing.richtext import rich_text_fields
from publishing.richtext.document import parse


@dataclass
class Subject:
    record: Publishable
    rows: dict
    tags: dict

    @cached_property
    def texts(self) -> dict:
        """The tree of each rich text, by the name of its field."""
        fields = sorted(rich_text_fields(type(self.record)))
        return {field: parse(getattr(self.record, field) or "") for field in fields}

    @property
    def asker(self):
        """The editor in whose form it stands; None where nobody asks."""
        return getattr(self.record, "asker", None)

    @cached_property
    def address(self) -> str:
        return self.record.get_absolute_url() if self.record.slug else ""


def subject_of(record, content: dict | None = None) -> Subject:
    """`record` as `content` would have it, which is not written; without content as it is."""
    if content is None:
        return Subject(record, {}, {})
    shown = copy.copy(record)
    shown._state = copy.copy(record._state)
    shown._state.fields_cache = {}
    content = current(type(record), content)
    fill(shown, content)
    return Subject(shown, content["rows"], content["tags"])
