"""The inbox of the admin: what waits for somebody, from all apps, each with one next step."""

from dataclasses import dataclass
from datetime import date

from publishing.content.follow_up import Hook

LIMIT = 8


@dataclass(frozen=True)
class InboxItem:
    """`step` are the words of the button that leads to `step_url`, by default `url`. If `job` is not "", the button
    runs that job again instead. `waiting_for` is the name of the person whose turn it is, "" if that is unknown."""

    title: str
    url: str = ""
    step: str = ""
    note: str = ""
    at: date | None = None  # or a datetime
    waiting_for: str = ""
    step_url: str = ""
    job: str = ""


@dataclass(frozen=True)
class InboxPart:
    """Items of one sort: at most eight of `count`, all of which are listed at `list_url`. Parts are shown by `rank`."""

    rank: int
    title: str
    items: list[InboxItem]
    count: int = 0
    list_url: str = ""
    explanation: str = ""


finders = Hook()
# Registers a function in a module `inbox`: it returns a part for a user, or None if the user may not see it.
inbox_part = finders.register
