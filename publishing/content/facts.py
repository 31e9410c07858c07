"""Facts of records as texts cite them: the value of today, and where it comes from.

An app says in its module `citing` what can be cited of a kind of record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.apps import apps
from django.db.models import CharField, Value
from django.utils import timezone
from django.utils.formats import date_format

from publishing.richtext.document import Mention, mention, parse, serialize
from publishing.richtext.reading import mentions

# What a text leans on that leads to a record of which no facts can be cited: that readers find it.
PAGE, PUBLIC = "page", "on the site"
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

    def in_words(self, title: str = "", escaped=str) -> str:
        """Return who says so and when it was read. `title` stands in the place of the source's own, `escaped` brings
        the rest into its form."""
        said = f"{self.publisher}: " if self.publisher and self.publisher not in self.title else ""
        read = f", read on {_in_words(self.read_on)}{f'; {self.remark}' if self.remark else ''}"
        return f"{escaped(said)}{title or escaped(self.title)}{escaped(read)}"


@lru_cache(maxsize=10_000)
def _in_words(day: date) -> str:
    return date_format(day, "j F Y")


@dataclass(frozen=True)
class Ended:
    """A public record that is no more what it was for: since when, in words, and what replaces it; "" for unknown, and
    for the address of what readers cannot see."""

    title: str
    url: str
    since: str
    replacement: str
    replacement_url: str


@dataclass(frozen=True)
class CitedFact:
    """A known fact of a public record, of which `title` is the name: `value` in words with its unit, `number` without
    it, "" where such values are numbers and this one is none; `url` where it is kept; `ended` of its standing."""

    title: str
    label: str
    value: str
    number: str
    url: str
    source: FactSource | None = None
    is_doubtful: bool = False
    ended: Ended | None = None

    def worded(self, wording: str) -> str:
        """Return the value as it stands in a sentence whose editor chose `wording`, "" for the value alone."""
        has_no_place = WHOLE not in wording and NUMBER not in wording
        if has_no_place or (NUMBER in wording and not self.number):  # “$no charge” says nothing
            wording = WHOLE
        words = wording.replace(NUMBER, self.number).replace(WHOLE, self.value)
        return f"{words} (doubtful)" if self.is_doubtful else words


Facts = dict[tuple[str, int, str], CitedFact]


@dataclass(frozen=True)
class Citable:
    """`labels` are the names of the facts of that kind of record, each as editors read it. `look_up` takes the names
    that are wanted of each record, by its key, a day, and whether sources are wanted too. On the facts in `leans_on` a
    text leans that names the record without citing any. `standing` is the name of the fact by which a record may be no
    more what it was for. `turns` returns the days after a day on which facts of records may change, by key."""

    labels: dict[str, str]
    leans_on: tuple[str, ...]
    look_up: Callable[[dict[int, set[str]], date, bool], dict[tuple[int, str], CitedFact]]
    standing: str
    turns: Callable[[set[int], date], dict[int, set[date]]]


citable: dict[str, Citable] = {}


def cited(
    mentions: list[Mention], wanted: dict[str, dict[int, set[str]]] | None = None, with_standing: bool = False
) -> Facts:
    """Return what is known today of the facts that are mentioned, by kind, key and name: of public records alone.

    What is unknown, or of a record that readers cannot see, is absent. `wanted` are names that are asked for besides,
    by kind and key; `with_standing` asks for the standing of all that is mentioned.
    """
    wanted = {label: {pk: {*names} for pk, names in keys.items()} for label, keys in (wanted or {}).items()}
    for item in mentions:
        if kind := citable.get(item.label):
            names = [item.fact] if item.fact in kind.labels else []
            names += [kind.standing] if with_standing else []
            if names:
                wanted.setdefault(item.label, {}).setdefault(item.pk, set()).update(names)
    return _looked_up(wanted, timezone.localdate(), with_sources=True)


def ended_among(mentions: list[Mention], facts: Facts) -> list[Ended]:
    """Return the mentioned records that are no more what they were for, each once, in the order of the text."""
    places = dict.fromkeys((item.label, item.pk) for item in mentions if item.label in citable)
    found = (facts.get((label, pk, citable[label].standing)) for label, pk in places)
    return [fact.ended for fact in found if fact and fact.ended]


def known_of(mentions: list[Mention], at: datetime | None = None) -> list[dict[str, str]]:
    """Return for each mention what is known now, or at a moment, of that on which its text leans: values in words, by
    name of fact.

    Of kinds of record without facts that is whether readers find it; empty for records that they cannot see.
    """
    wanted: dict[str, dict[int, set[str]]] = {}
    for item in mentions:
        if item.label in citable:
            wanted.setdefault(item.label, {}).setdefault(item.pk, set()).update(leaned_on(item))
    found = {key: fact.worded("") for key, fact in _looked_up(wanted, timezone.localdate(at), False).items()}
    found |= dict.fromkeys(((*key, PAGE) for key in _public(mentions, at)), PUBLIC)
    return [
        {name: found[key] for name in leaned_on(item) if (key := (item.label, item.pk, name)) in found}
        for item in mentions
    ]


def leaned_on(item: Mention) -> tuple[str, ...]:
    """Return the names of the facts on which a text leans that holds this mention."""
    if item.label not in citable:
        return (PAGE,)
    return (item.fact,) if item.fact in citable[item.label].labels else citable[item.label].leans_on


def labels_of(label: str) -> dict[str, str]:
    """Return the names of all on which a text can lean that mentions a record of that kind, as editors read them."""
    return citable[label].labels if label in citable else {PAGE: "Page"}


def _public(mentions: list[Mention], at: datetime | None) -> set[tuple[str, int]]:
    """Which of the mentioned records without facts readers may see, by kind and key. One query."""
    wanted: dict[str, set[int]] = {}
    for item in mentions:
        if item.label not in citable:
            wanted.setdefault(item.label, set()).add(item.pk)
    parts = []
    for label, pks in sorted(wanted.items()):
        app_label, name = label.split(".")
        model = apps.all_models[app_label].get(name)
        if hasattr(model, "title_field"):  # a picture has no page
            rows = model.objects.published(at).filter(pk__in=pks).order_by()
            parts.append(rows.values_list(Value(label, output_field=CharField()), "pk"))
    if not parts:
        return set()
    return set(parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0])


def _looked_up(wanted: dict[str, dict[int, set[str]]], day: date, with_sources: bool) -> Facts:
    return {
        (label, pk, name): fact
        for label, names in sorted(wanted.items())
        for (pk, name), fact in citable[label].look_up(names, day, with_sources).items()
    }


def say(link, fact: CitedFact, wording: str):
    """Let the element of a link say what is known of the fact to which it leads."""
    for child in list(link):
        link.remove(child)
    link.text = fact.worded(wording)


def with_values_of_today(html: str, facts: Facts | None = None) -> str:
    """Return a cleaned body whose facts say what is known of them today: for the editor, or to read its plain words.

    `facts` are those that it cites, where they were looked up already.
    """
    facts = cited(mentions(html)) if facts is None else facts
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
    found = citable[label].look_up({pk: set(labels)}, timezone.localdate(), False)
    return [
        {"name": name, "label": labels[name], "value": found[pk, name].worded("") if (pk, name) in found else ""}
        for name in labels
    ]
