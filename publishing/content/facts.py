"""Facts of records that texts cite: today's value and its source. Apps declare them in `citable`."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from django.apps import apps
from django.utils import timezone
from django.utils.formats import date_format

from publishing.richtext.document import Mention, mention, parse, serialize
from publishing.richtext.reading import mentions

# A text that links to a record without citable facts depends on its page being public.
PAGE, PUBLIC = "page", "on the site"
NAME = "name"
# Placeholders in a wording: the value with its unit, or the number alone.
WHOLE, NUMBER = "{}", "{number}"


class FactSource(NamedTuple):
    """A page or file that states a fact, and the day it was read. `remark` limits how far to trust it; "" for fully."""

    key: int
    title: str
    url: str
    publisher: str
    read_on: date
    remark: str = ""

    def in_words(self, title: str = "", escaped: Callable[[str], str] = str) -> str:
        """Return publisher, title and day of reading. `title` replaces the source's own; `escaped` escapes the rest."""
        publisher = f"{self.publisher}: " if self.publisher and self.publisher not in self.title else ""
        read = f", read on {date_format(self.read_on, 'j F Y')}{f'; {self.remark}' if self.remark else ''}"
        return f"{escaped(publisher)}{title or escaped(self.title)}{escaped(read)}"


@dataclass(frozen=True)
class Ended:
    """A public record that has ended (a retired model). `replacement_url` is "" if readers cannot see its page."""

    title: str
    url: str
    since: str
    replacement: str
    replacement_url: str


class Caution(NamedTuple):
    """A warning for editors about a public record: `clause` ends a sentence ("which is retired"), and `label` stands
    after the name of the record in lists to choose from."""

    clause: str
    label: str


class CitedFact(NamedTuple):
    """A known fact of the public record `title`; `url` is the page that shows it.

    `number` is `value` without the unit, "" if such values are numbers but this one is not.
    """

    title: str
    label: str
    value: str
    number: str
    url: str
    source: FactSource | None = None
    is_doubtful: bool = False

    def worded(self, wording: str) -> str:
        """Return the value as it appears in a sentence, in the editor's `wording`; "" for the value alone."""
        has_no_place = WHOLE not in wording and NUMBER not in wording
        if has_no_place or (NUMBER in wording and not self.number):  # “$no charge” makes no sense
            wording = WHOLE
        text = wording.replace(NUMBER, self.number).replace(WHOLE, self.value)
        return f"{text} (doubtful)" if self.is_doubtful else text


Facts = dict[tuple[str, int, str], CitedFact]
Names = dict[int, set[str]]  # of facts, by the key of their record


class RecordsOnDay(Protocol):
    """Public records of one kind on a day. It lives as long as the page that shows them, and reads each one once."""

    day: date

    def pages(self, keys: Collection[int]) -> dict[int, tuple[str, str]]:
        """Return the addresses and titles of the public ones of these records, by key."""
        ...

    def comparable(self, keys: Collection[int]) -> list[int]:
        """Return the keys of those that may be in tables, in this order."""
        ...

    def facts(self, names: Names, with_sources: bool = True) -> dict[tuple[int, str], CitedFact]:
        """Return the known ones of these facts, by key and name."""
        ...

    def ended(self, keys: Collection[int]) -> dict[int, Ended]:
        """Return those of these records that have ended by the day, by key."""
        ...


@dataclass(frozen=True)
class Citable:
    """The declaration of an app for one kind of record.

    `labels` are the names of the facts and their labels for editors. `on_day` takes a day and the records that will be
    asked for, with the names of facts as far as they are known. `leans_on` are the facts that a text depends on if it
    mentions the record without citing a fact. `cautions` returns the warnings about these records on a day. `turns`
    returns, by primary key, the days after a given one on which facts may change. `variants` names and labels variants
    of facts for one record; `plain` returns the name in `labels` for that of a variant, and others unchanged.
    `usual` are the facts that are offered to editors first; `states_end` are those that say whether a record has ended.
    """

    labels: dict[str, str]
    leans_on: tuple[str, ...]
    on_day: Callable[[date, Names], RecordsOnDay]
    cautions: Callable[[Collection[int], date], dict[int, Caution]]
    turns: Callable[[set[int], date], dict[int, set[date]]]
    plain: Callable[[str], str] = lambda name: name
    variants: Callable[[int], dict[str, str]] = lambda pk: {}
    usual: tuple[str, ...] = ()
    states_end: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        return self.plain(name) in self.labels


citable: dict[str, Citable] = {}


def names_of(mentions: Iterable[Mention]) -> dict[str, Names]:
    """Return the names of the mentioned facts by kind and key: of all records of kinds that have facts."""
    names: dict[str, Names] = {}
    for item in mentions:
        if kind := citable.get(item.label):
            names.setdefault(item.label, {}).setdefault(item.pk, set()).update([item.fact] * kind.has(item.fact))
    return names


def records_on(day: date, names: dict[str, Names]) -> dict[str, RecordsOnDay]:
    """Return the records of kinds that have facts, by kind. No query yet."""
    return {label: citable[label].on_day(day, some) for label, some in sorted(names.items())}


def cited(records: dict[str, RecordsOnDay], names: dict[str, Names], with_sources: bool = True) -> Facts:
    """Return these facts of public records, by kind, key and name; unknown ones are absent."""
    return {
        (label, pk, name): fact
        for label, some in sorted(names.items())
        for (pk, name), fact in records[label].facts(some, with_sources).items()
    }


def facts_of(mentions: Iterable[Mention]) -> Facts:
    """Return today's values of the mentioned facts of public records."""
    names = names_of(mentions)
    return cited(records_on(timezone.localdate(), names), names)


def cautions_about(label: str, pks: Collection[int]) -> dict[int, Caution]:
    """Return the warnings of today about the public records of one kind with these keys, by key."""
    return citable[label].cautions(pks, timezone.localdate()) if label in citable and pks else {}


def ended_among(mentions: list[Mention], records: dict[str, RecordsOnDay]) -> dict[tuple[str, int], Ended]:
    """Return the mentioned public records that have ended and whose end the text does not state, by kind and key, in
    the order of the text."""
    mentions = [item for item in mentions if item.label in citable]
    stated = {(item.label, item.pk) for item in mentions if item.fact in citable[item.label].states_end}
    places = dict.fromkeys(place for item in mentions if (place := (item.label, item.pk)) not in stated)
    ended_by_place = {}
    for label in dict.fromkeys(label for label, _ in places):
        keys = {pk for kind, pk in places if kind == label}
        ended_by_place |= {(label, pk): ended for pk, ended in records[label].ended(keys).items()}
    return {place: ended_by_place[place] for place in places if place in ended_by_place}


def facts_depended_on(mentions: list[Mention], at: datetime | None = None) -> list[dict[str, str]]:
    """Return for each mention the facts that its text depends on, now or at a moment: values in words, by name.

    For kinds without facts this is the name, or of texts whether readers can see the page; empty for records that they
    cannot see.
    """
    wanted: dict[str, Names] = {}
    for item in mentions:
        if item.label in citable:
            wanted.setdefault(item.label, {}).setdefault(item.pk, set()).update(fact_names_of(item))
    facts = cited(records_on(timezone.localdate(at), wanted), wanted, with_sources=False)
    value_by_fact = {key: fact.worded("") for key, fact in facts.items()}
    value_by_fact |= _public(mentions, at)
    return [
        {
            name: value_by_fact[key]
            for name in fact_names_of(item)
            if (key := (item.label, item.pk, name)) in value_by_fact
        }
        for item in mentions
    ]


def fact_names_of(item: Mention) -> tuple[str, ...]:
    """Return the names of the facts that a text with this mention depends on."""
    if item.label not in citable:
        return (_standing_of_page(item.label),)
    return (item.fact,) if citable[item.label].has(item.fact) else citable[item.label].leans_on


def labels_of(label: str) -> dict[str, str]:
    """Return the labels of all facts that a text can depend on if it mentions this kind of record."""
    return citable[label].labels if label in citable else {PAGE: "Page", NAME: "Name"}


def label_of(label: str, name: str) -> str:
    """Return the label of a fact that a text depends on by mentioning this kind of record, or else its name."""
    kind = citable.get(label)
    return labels_of(label).get(kind.plain(name) if kind else name, name)


def _standing_of_page(label: str) -> str:
    """Return what a text depends on of a record without facts: its name, or for texts only that they are public."""
    model = apps.all_models.get(label.partition(".")[0], {}).get(label.partition(".")[2])
    return NAME if getattr(model, "title_field", "") == NAME else PAGE


def _public(mentions: list[Mention], at: datetime | None) -> dict[tuple[str, int, str], str]:
    """Return what texts depend on of the public records without facts. One query per kind."""
    wanted: dict[str, set[int]] = {}
    for item in mentions:
        if item.label not in citable:
            wanted.setdefault(item.label, set()).add(item.pk)
    value_by_fact = {}
    for label, pks in sorted(wanted.items()):
        app_label, name = label.split(".")
        manager = getattr(apps.all_models[app_label].get(name), "objects", None)
        if manager is not None and hasattr(manager, "published"):  # an image has no page
            what, rows = _standing_of_page(label), manager.published(at).filter(pk__in=pks)
            titles = rows.values_list("pk", manager.model.title_field)
            value_by_fact |= {(label, pk, what): title if what == NAME else PUBLIC for pk, title in titles}
    return value_by_fact


def with_current_values(html: str) -> str:
    """Return a cleaned body with today's values of its facts."""
    if not (facts := facts_of(mentions(html))):
        return html
    tree = parse(html)
    for link in tree.iter("a"):
        item = mention(link.get("href"))
        if item and (fact := facts.get((item.label, item.pk, item.fact))):
            link[:] = []
            link.text = fact.worded(item.wording)
    return serialize(tree)


def facts_to_choose(label: str, pk: int, uses: Counter[str] | None = None) -> list[dict]:
    """Return what an editor can cite of one record: `{name, label, value}`, with an empty value if unknown.

    The usual ones first, then those with the most `uses` by name; unknown ones last.
    """
    if label not in citable:
        return []
    kind, counts = citable[label], uses or Counter[str]()
    labels = kind.labels | kind.variants(pk)
    names = {pk: set(labels)}
    facts = kind.on_day(timezone.localdate(), names).facts(names, with_sources=False)
    values = {name: facts[pk, name].worded("") if (pk, name) in facts else "" for name in labels}
    usual = [name for name in kind.usual if name in labels]
    others = sorted((name for name in labels if name not in usual), key=lambda name: -counts[name])
    names = sorted([*usual, *others], key=lambda name: not values[name])
    return [{"name": name, "label": labels[name], "value": values[name]} for name in names]
