"""Facts of records as texts cite them: the value of today, and where it comes from.

An app says in its module `citing` what can be cited of a kind of record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from publishing.richtext.document import Mention, mention, mentions, parse, serialize

# Where a wording has one of these, it stands for the value: with its unit, or the bare number.
WHOLE, NUMBER = "{}", "{number}"


@dataclass(frozen=True)
class FactSource:
    """A page or file that says so, as it was read on a day. `remark` says how far to trust it, "" for fully."""

    key: int
    title: str
    url: str
    publisher: str
    read_on: date
    remark: str = ""


@dataclass(frozen=True)
class CitedFact:
    """A known fact of a public record: `value` in words with its unit, `number` without it, `url` where it is kept."""

    label: str
    value: str
    number: str
    url: str
    source: FactSource | None = None
    is_doubtful: bool = False

    def worded(self, wording: str) -> str:
        """Return the value as it stands in a sentence whose editor chose `wording`, "" for the value alone."""
        if WHOLE not in wording and NUMBER not in wording:
            wording = WHOLE
        words = wording.replace(NUMBER, self.number).replace(WHOLE, self.value)
        return f"{words} (doubtful)" if self.is_doubtful else words


Facts = dict[tuple[str, int, str], CitedFact]


@dataclass(frozen=True)
class Citable:
    """`labels` are the names of the facts of that kind of record, each as editors read it. `look_up` takes the names
    that are wanted of each record, by its key, and a day, and asks the database two questions at most. On the facts in
    `leans_on` a text leans that names the record without citing any."""

    labels: dict[str, str]
    leans_on: tuple[str, ...]
    look_up: Callable[[dict[int, set[str]], date], dict[tuple[int, str], CitedFact]]


citable: dict[str, Citable] = {}


def cited(mentions: list[Mention], wanted: dict[str, dict[int, set[str]]] | None = None) -> Facts:
    """Return what is known today of the facts that are mentioned, by kind, key and name: of public records alone.

    What is unknown, or of a record that readers cannot see, is absent. `wanted` are names that are asked for besides,
    by kind and key.
    """
    wanted = {label: {pk: {*names} for pk, names in keys.items()} for label, keys in (wanted or {}).items()}
    for item in mentions:
        if item.label in citable and item.fact in citable[item.label].labels:
            wanted.setdefault(item.label, {}).setdefault(item.pk, set()).add(item.fact)
    return _looked_up(wanted)


def known_of(mentions: list[Mention]) -> list[dict[str, str]]:
    """Return for each mention what is known today of that on which its text leans: values in words, by name of fact.

    Empty for kinds of record without facts, and for records that readers cannot see.
    """
    wanted: dict[str, dict[int, set[str]]] = {}
    for item in mentions:
        if names := leaned_on(item):
            wanted.setdefault(item.label, {}).setdefault(item.pk, set()).update(names)
    found = _looked_up(wanted)
    return [
        {name: found[key].worded("") for name in leaned_on(item) if (key := (item.label, item.pk, name)) in found}
        for item in mentions
    ]


def leaned_on(item: Mention) -> tuple[str, ...]:
    """Return the names of the facts on which a text leans that holds this mention."""
    if item.label not in citable:
        return ()
    return (item.fact,) if item.fact in citable[item.label].labels else citable[item.label].leans_on


def _looked_up(wanted: dict[str, dict[int, set[str]]]) -> Facts:
    return {
        (label, pk, name): fact
        for label, names in sorted(wanted.items())
        for (pk, name), fact in citable[label].look_up(names, timezone.localdate()).items()
    }


def say(link, fact: CitedFact, wording: str):
    """Let the element of a link say what is known of the fact to which it leads."""
    for child in list(link):
        link.remove(child)
    link.text = fact.worded(wording)


def with_values_of_today(html: str) -> str:
    """Return a cleaned body whose facts say what is known of them today, for the editor."""
    named = mentions(html)
    facts = cited(named)
    if not facts:
        return html
    tree = parse(html)
    for link in tree.iter("a"):
        item = mention(link.get("href"))
        if item and (fact := facts.get((item.label, item.pk, item.fact))):
            say(link, fact, item.wording)
    return serialize(tree)


def facts_to_choose(label: str, pk: int) -> list[dict]:
    """Return what an editor can cite of one record: `{name, label, value}`, an empty value for what is unknown."""
    if label not in citable:
        return []
    labels = citable[label].labels
    found = citable[label].look_up({pk: set(labels)}, timezone.localdate())
    return [
        {"name": name, "label": labels[name], "value": found[pk, name].worded("") if (pk, name) in found else ""}
        for name in labels
    ]
