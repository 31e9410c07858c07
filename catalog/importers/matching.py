"""Which model an offering, a replacement or an entry of a feed is, by ids and names.

After each import all offerings without a model are matched again, so the order of imports does not matter. Certain
matches are bound. Likely ones, and models that have no record yet, are held for a user to accept.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from anyascii import anyascii

from catalog.history.ownership import histories
from catalog.models import AIModel, Alias, ImportedRecord, Offering, RecordKind, Vendor

# "au.anthropic.claude…", "v1:0" and "@default" belong to the address of a model at a provider, "fp8" to its service.
DOTTED = re.compile(r"\A(?:[a-z][a-z0-9-]*\.)+(?=[a-z])")
VERSION = re.compile(r"-v\d+(?::\d+k?)*\Z|@default\Z|:free\Z")
DATE = re.compile(r"[-@](?:20\d{2}-[01]\d-[0-3]\d|20\d{2}[01]\d[0-3]\d)\Z")
SERVICE = re.compile(r"[-_](?:fp8|fp4|nvfp4|fp16|bf16|awq|int4|int8|tee|maas)\Z", re.IGNORECASE)
FREE = re.compile(r"\s*\(free\)\Z", re.IGNORECASE)
WORD = re.compile(r"[a-z]{3,}(?=\d)|[a-z0-9]+")
# Words that hosts add to a model's name or leave out. The latest version of today is not that of tomorrow.
HARMLESS = frozenset(["instruct", "chat", "it", "hf", "latest"])
ORGANISATIONS = frozenset(
    ["ai", "amazon", "deepseek", "facebook", "mistralai", "moonshot", "org", "qwen", "x", "xai", "z", "zai"]
)
MIN_PROVIDERS = 2  # that must offer a model without a record before it is proposed

type Key = tuple[tuple[str, ...], ...]


class Named(NamedTuple):
    """A model as a provider names it. `offering` is the key of the offering, if there is one; `facts` are columns."""

    provider: str
    api_id: str
    name: str
    facts: dict[str, Any]
    offering: int | None = None


class Match(NamedTuple):
    model: int
    is_certain: bool


def words_of(name: str) -> list[str]:
    """Return the words of a name: "Llama-v3p1 8B" gives llama, 3, 1, 8b, as does "llama3.1-8b"."""
    plain = re.sub(r"(\d)p(?=\d)", r"\1.", anyascii(FREE.sub("", name)).lower().replace("+", " plus "))
    return WORD.findall(re.sub(r"(?<![a-z])v(?=\d)", "", plain.replace("_", "-")))


def key_of(words: Iterable[str]) -> Key:
    """Return the numbers in order and the other words in any: "Claude 3.5 Haiku" is "claude-haiku-3-5"."""
    words = list(words)
    numbers = tuple(word for word in words if word[0].isdecimal())
    return numbers, tuple(sorted(word for word in words if not word[0].isdecimal()))


def bare_ids(api_id: str) -> Iterator[str]:
    """Yield the id without the path and the prefixes of providers, then without version, service and date."""
    last = api_id.rpartition("/")[2]
    without = DOTTED.sub("", last)
    yield without
    for ending in (VERSION, SERVICE, DATE):
        if (shorter := ending.sub("", without)) != without:
            without = shorter
            yield without


class Names:
    """The names of all models, loaded once."""

    def __init__(self):
        public = AIModel.objects.not_trashed()
        links = ImportedRecord.objects.filter(kind=RecordKind.MODEL, record_id__in=public.values("pk"))
        names = [
            *Alias.objects.filter(model__in=public).values_list("text", "model"),
            *public.values_list("slug", "pk"),
            *public.values_list("name", "pk"),
            *((key.partition("/")[2], pk) for key, pk in links.values_list("key", "record_id")),
        ]
        self.exact: dict[str, set[int]] = defaultdict(set)
        self.keys: dict[Key, set[int]] = defaultdict(set)
        self.loose: dict[Key, set[int]] = defaultdict(set)
        for name, pk in names:
            words = words_of(name)
            self.exact[name.lower()].add(pk)
            self.keys[key_of(words)].add(pk)
            self.loose[key_of(word for word in words if word not in HARMLESS)].add(pk)
        vendors = [word for slug in Vendor.objects.values_list("slug", flat=True) for word in slug.split("-")]
        self.vendors = ORGANISATIONS | set(vendors)

    def match(self, api_id: str, name: str = "") -> Match | None:
        """Return the model that an id or a name stands for; the first of several that have the name is uncertain."""
        ids = [words for bare in bare_ids(api_id) for words in self._beginnings(words_of(bare))]
        for bare in (api_id.lower(), *bare_ids(api_id.lower())):
            if found := self.exact.get(bare):
                return Match(min(found), is_certain=len(found) == 1)
        titles = list(self._beginnings(words_of(name.rpartition("/")[2].rpartition(": ")[2]))) if name else []
        said = {word for words in titles for word in words}
        for words in ids:
            if pk := _only(self.keys.get(key_of(words))):
                # A version that only the name tells: "devstral-small" is offered as Devstral Small 1.1.
                return Match(pk, not any(word[0].isdecimal() and word not in ids[0] for word in said))
        for words in titles:
            if pk := _only(self.keys.get(key_of(words))):
                return Match(pk, {*ids[-1]} <= {*words, *self.vendors, "instruct", "chat"})
        for words in (*ids, *titles):
            if pk := _only(self.loose.get(key_of(word for word in words if word not in HARMLESS))):
                return Match(pk, is_certain=False)
        alike = {pk for words in (*ids, *titles) for pk in self.keys.get(key_of(words), ())}
        return Match(min(alike), is_certain=False) if alike else None

    def _beginnings(self, words: list[str]) -> Iterator[list[str]]:
        """Yield the words, also without the vendor in front: "meta-llama-3-8b" is "llama-3-8b"."""
        yield words
        while len(words) > 1 and words[0] in self.vendors:
            words = words[1:]
            yield words


def _only(found: set[int] | None) -> int | None:
    return next(iter(found)) if found and len(found) == 1 else None


def unmatched() -> list[Named]:
    """Return the offerings that have no model, except those from which a user removed it."""
    rows = list(Offering.objects.filter(model=None).select_related("provider").order_by("pk"))
    past = histories(Offering, [row.pk for row in rows])
    return [
        Named(row.provider.slug, row.api_id, row.name, facts_of(row), row.pk)
        for row in rows
        if row.pk not in past or "model" not in past[row.pk].held
    ]


FACTS = ("released_on", "knowledge_cutoff_on", "context_tokens", "max_input_tokens", "max_output_tokens")
FACTS += ("reasoning", "tool_calls", "structured_output", "attachments", "temperature")
SIDES = ("input_modalities", "output_modalities")


def facts_of(row: Offering) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in (*FACTS, *SIDES)}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


class Proposal(NamedTuple):
    """Offerings and the model that they may be; without a key it would be a new record."""

    key: str
    model: int | None
    name: str
    offerings: list[int]
    api_ids: list[str]
    vendor: str = ""
    facts: dict[str, Any] = {}


def proposals(names: Names, rest: Iterable[Named]) -> tuple[dict[int, int], list[Proposal]]:
    """Return the certain models by offering, and proposals for what is left of `rest`."""
    certain, likely, new = {}, defaultdict(list), defaultdict(list)
    for item in rest:
        found = names.match(item.api_id, item.name)
        if found is None:
            *_, words = names._beginnings(words_of([*bare_ids(item.api_id)][-1]))
            new[key_of(words)].append(item)
        elif item.offering and found.is_certain:
            certain[item.offering] = found.model
        elif item.offering:
            likely[found.model].append(item)
    titles = dict(AIModel._base_manager.filter(pk__in=likely).values_list("pk", "name"))
    vendors = set(Vendor.objects.values_list("slug", flat=True))
    labs = vendors - hosts()
    found = [
        Proposal(f"{pk}", pk, titles[pk], [item.offering for item in items if item.offering], _ids(items))
        for pk, items in likely.items()
    ]
    for items in new.values():
        providers = {item.provider for item in items}
        if len(providers) >= MIN_PROVIDERS or providers & labs:
            found.append(_new(items, vendors, labs))
    return certain, found


def hosts() -> set[str]:
    """Return the addresses of providers that offer models of other vendors, such as NVIDIA."""
    bound = Offering.objects.exclude(model=None).values_list("provider__slug", "model__vendor_links__tag__slug")
    return {provider for provider, vendor in bound.distinct().order_by() if vendor != provider}


def _new(items: list[Named], vendors: set[str], labs: set[str]) -> Proposal:
    """Return a proposal for a new model with what its vendor's own API says, or else most of its offerings."""
    own = [item for item in items if item.provider in labs]
    [(bare, _)] = Counter([*bare_ids(item.api_id)][-1].lower() for item in items).most_common(1)
    title = next((item.name for item in (*own, *items) if item.name and " " in item.name and "/" not in item.name), "")
    paths = (part for item in items for part in item.api_id.lower().split("/")[:-1] if part in vendors)
    values: dict[str, Counter] = defaultdict(Counter)
    for item in own or items:
        for name, value in item.facts.items():
            values[name][tuple(value) if isinstance(value, list) else value] += 1
    facts = {name: found.most_common(1)[0][0] for name, found in values.items()}
    return Proposal(
        bare,
        None,
        FREE.sub("", title.rpartition(": ")[2]) or readable(bare),
        [item.offering for item in items if item.offering],
        _ids(items),
        own[0].provider if own else next(paths, ""),
        facts,
    )


def _ids(items: list[Named]) -> list[str]:
    return sorted({next(bare_ids(item.api_id)) for item in items})


SHORT = 3  # letters of words that are abbreviations: GPT, GLM


def readable(slug: str, name: str = "") -> str:
    """Return "claude-opus" as "Claude Opus"; words that `name` contains are written as there."""
    written = {word.lower(): word for word in re.findall(r"\w+", name)}
    words = re.split(r"[-_ ]+", slug)
    return " ".join(written.get(word) or (word.upper() if len(word) <= SHORT else word.capitalize()) for word in words)
