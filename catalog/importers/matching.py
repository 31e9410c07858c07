"""Which model an offering, a replacement or an entry of a feed is, by ids and names.

After each import all offerings without a model are matched again, so the order of imports does not matter. Certain
matches are bound, and certain models created. Likely ones are held for a user to accept.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from catalog.history.ownership import histories
from catalog.importers.entries import MISSING, at, put
from catalog.importers.known_providers import BY_KIND, OF_VENDORS
from catalog.models import AIModel, Alias, ImportedRecord, Offering, RecordKind, Vendor
from catalog.rules.choices import ImportFeed, ProviderKind
from catalog.rules.facts import SHARED_FACTS
from catalog.rules.spelling import FREE, Key, key_of, words_of
from publishing.content.publishable import State

PRICE_LISTS = frozenset([ImportFeed.LITELLM])
# "au.anthropic.claude…", "v1:0" and "@default" belong to the address of a model at a provider, "fp8" to its service.
DOTTED = re.compile(r"\A(?:[a-z][a-z0-9-]*\.)+(?=(?!v\d)[a-z])")
# A later "v2" is a revision after a date, and else the version of the model.
VERSION = re.compile(r"-v?1(?::\d+k?)+\Z|(?<=\d{8})-v\d(?::\d+k?)+\Z|(?<=-v\d):0(?::\d+k)?\Z|@default\Z|@001\Z|:free\Z")
DOTTED_VERSION = re.compile(r"-v1\Z|(?<=\d{8})-v\d\Z")
DATE = re.compile(r"[-@](?:20\d{2}-[01]\d-[0-3]\d|20\d{2}[01]\d[0-3]\d)\Z")
MONTH_DAY = re.compile(r"[-@](?:0\d|1[0-2])[0-3]\d\Z")  # of a snapshot: "gpt-4-0613"
SERVICE = re.compile(r"[-_](?:fp8|fp4|nvfp4|fp16|bf16|awq|int4|int8|tee|maas|us|eu|spot|gguf)\Z", re.IGNORECASE)
NUMBERED = re.compile(r"([A-Za-z]+)[- ]?(?=\d)")
# "5-1" and "3p5" of ids are 5.1 and 3.5; "a3b" is A3B.
VERSION_IN_ID = re.compile(r"(?<![\d.])(\d{1,2})-(\d{1,2})(?![\dbkmpt.])", re.IGNORECASE)
# "Nemotron 3 Super" and "Claude Opus 5"
PLAIN_NUMBER = re.compile(r"\d{1,2}(?:\.\d+)?")
NUMBER_SECOND = re.compile(rf"([a-z]+)[- ]({PLAIN_NUMBER.pattern})[- ]([a-z]+)\b")
NUMBER_THIRD = re.compile(rf"([a-z]+)[- ]([a-z]+)[- ]({PLAIN_NUMBER.pattern})(?![a-z\d])")
O_SERIES = re.compile(r"\AO(?=\d)")  # "O1 Preview" of a host is o1 Preview
DAY_IN_ID = re.compile(r"(?<=-)(0\d|1[0-2])-([0-3]\d)(?=-|\Z)")

POINT_IN_ID = re.compile(r"(?<=\d)p(?=\d)", re.IGNORECASE)
SIZE_IN_ID = re.compile(r"(?<![\d.])a?(?:\d+x)?\d+(?:\.\d+)?[bekmt]|[a-z]2[a-z]", re.IGNORECASE)
# "0731", "2512", "05-20", "04-2026" and whole dates in ids of snapshots.
SNAPSHOT = re.compile(
    r"[-@ ](?:20\d\d-?[01]\d(?:-?[0-3]\d)?|[01]\d-(?:20\d\d|[0-3]\d)|2[3-9][01]\d(?:[0-3]\d)?|[01]\d[0-3]\d)(?![\d.])"
)
YEAR_MONTH = re.compile(r"[-@]2[3-9](?:0[1-9]|1[0-2])\Z")
# Words that hosts add to a model's name or leave out. The latest version of today is not that of tomorrow.
HARMLESS = {"instruct", "chat", "it", "hf", "latest"}
BORNE = HARMLESS - {"latest"}
ORGANISATIONS = {"ai", "amazon", "cerebras", "databricks", "deepseek", "facebook", "groq", "mistralai", "moonshot"}
ORGANISATIONS |= {"fw", "org", "qwen", "x", "xai", "z", "zai"}
LABS = {slugs[0]: vendor for vendor, slugs in OF_VENDORS.items()}
# Words for whatever is behind an address today, or for ways to use a model: by all, or by other hosts than its vendor.
ROUTERS = {"auto", "free", "latest", "router"}
WAYS = {"beta", "experimental", "high", "low", "medium", "non", "reasoning", "xhigh"}
WAYS_OF_HOSTS = {"basic", "fast", "highspeed", "lora", "thinking", "turbo"}
MOVING = {"auto", "beta", "high", "latest", "low", "router", "xhigh"}
PROPOSED_OUTPUTS = {"text", "embedding"}
GENERIC = {"chat", "code", "deep", "embed", "image", "model", "text", "voice"}  # tell no vendor
# The number of providers that must offer a model without a record before it is proposed, or before it is created.
MIN_PROVIDERS, MANY_PROVIDERS = 2, 3
HYPHEN = "\N{NON-BREAKING HYPHEN}"  # within a day, while a name is made
# What stands before a name and is no organisation: "accounts/fireworks/models/…", "eu/…", "1-month-commitment/…".
PLACE_OF_HOST = re.compile(r"models|global|apac|[a-z]{2}(?:-[a-z-]+-\d)?|\d.*|[*@].*")
LONG = 5  # letters of a word that tells a vendor within another word


class Named(NamedTuple):
    """A model as a provider names it, with the facts by their path in the shape of models.dev.

    `offering` is the key of the offering, if there is one.
    """

    provider: str
    api_id: str
    name: str
    facts: dict[str, Any]
    offering: int | None = None
    is_listed: bool = False  # in a list of models, and not only in one of prices

    @property
    def bare(self) -> str:
        return [*bare_ids(self.api_id)][-1]

    @property
    def lab(self) -> str:
        """Return the vendor if this is its own API."""
        if self.provider == "amazon-bedrock" and "amazon" in self.organisations:
            return "amazon"
        lab, path = LABS.get(self.provider, ""), self.api_id.rpartition("/")[0]
        return lab if path in ("", lab) else ""

    @property
    def organisations(self) -> list[str]:
        """Return what stands before the name: "deepseek-ai" in "deepseek-ai/…", "us" and "cohere" in "us.cohere.…"."""
        *path, last = self.api_id.lower().split("/")
        dotted = DOTTED.match(last)
        return [*path, *(dotted[0].split(".")[:-1] if dotted else ())]

    @property
    def title(self) -> str:
        title = SERVICE.sub("", FREE.sub("", self.name.rpartition(": ")[2])).strip()
        return title if "latest" in self.bare else title.removesuffix(" (latest)")


class Match(NamedTuple):
    model: int
    is_certain: bool


def bare_ids(api_id: str) -> Iterator[str]:
    """Yield the id without the path and the prefixes of providers, then without version, service and date."""
    last = api_id.rpartition("/")[2]
    without = DOTTED.sub("", last).replace("gpt-35-", "gpt-3.5-")  # as one cloud writes it
    yield without
    versions = (VERSION, DOTTED_VERSION) if without != last else (VERSION,)
    for ending in (*versions, SERVICE, DATE):
        if (shorter := ending.sub("", without)) != without:
            without = shorter
            yield without


class Names:
    """The names of all models, loaded once."""

    def __init__(self):
        records = AIModel.objects.filter(deleted_at=None)
        self.hidden = set(records.filter(~Q(proposal=""), state=State.DRAFT).values_list("pk", flat=True))
        links = ImportedRecord.objects.filter(kind=RecordKind.MODEL, record_id__in=records.values("pk"))
        names = [
            *Alias.objects.filter(model__in=records).values_list("text", "model"),
            *records.values_list("slug", "pk"),
            *records.values_list("name", "pk"),
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
        # The harmless words in the ids of each model's offerings: it is served as "instruct" elsewhere, too.
        self.borne: dict[int | None, set[str]] = defaultdict(set)
        for api_id, model in Offering.objects.filter(model__in=records).values_list("api_id", "model"):
            self.borne[model] |= BORNE.intersection(words_of(api_id))
        public = records.exclude(pk__in=self.hidden)
        self.labs = set(Vendor.objects.values_list("slug", flat=True))
        self.vendors = ORGANISATIONS | {word for slug in self.labs for word in slug.split("-")}
        # The vendor whose models begin with a word: "gemma" for Google.
        made_by = public.filter(vendor_links__isnull=False).values_list("name", "vendor_links__tag__slug")
        words_and_vendors = [(words_of(name), vendor) for name, vendor in made_by]
        self.lab_of_word = _vendors_by_first_word(words_and_vendors)
        # A vendor's own word may follow that of the model it was made of: "Llama 3.1 Nemotron" is no Llama of Meta.
        unexplained = [
            (words, lab)
            for words, lab in words_and_vendors
            if lab not in {self.lab_of_word.get(word) for word in words[1:]}
        ]
        self.lab_of_word |= _vendors_by_first_word(unexplained)
        titles = list(public.values_list("name", flat=True))
        self.spelt = _most_common((word.lower(), word) for title in titles for word in _spelt_words(title))
        numbered: Counter = Counter()
        for title in titles:
            if order := NUMBER_SECOND.match(title.lower()):
                numbered[order[1], order[3]] += 1
            elif order := NUMBER_THIRD.match(title.lower()):
                numbered[order[1], order[2]] -= 1
        self.number_is_second = {words for words, count in numbered.items() if count > 0}
        # How names begin with a word, and go on with a number: "GPT-" for "gpt", "MiniMax-" for "minimax".
        starts = filter(None, map(NUMBERED.match, titles))
        self.begins = _most_common((start[1].lower(), start[0]) for start in starts if start[1] != start[1].lower())

    def written(self, api_id: str, spelt: Mapping[str, str] = MappingProxyType({}), *, is_own: bool = False) -> str:
        """Return an id as its vendor writes names: "gpt-9-1-mini" is "GPT-9.1 Mini" beside "GPT-4o".

        `spelt` has further spellings, by lower case. In an id of the vendor's own the words stay in order.
        """
        slug = DAY_IN_ID.sub(rf"\1{HYPHEN}\2", re.sub("[_:]", "-", api_id))
        slug = POINT_IN_ID.sub(".", VERSION_IN_ID.sub(r"\1.\2", slug))
        words = [
            word.upper().replace("X", "x") if SIZE_IN_ID.fullmatch(word) else word for word in readable(slug).split(" ")
        ]
        words = [self.spelt.get(word.lower()) or spelt.get(word.lower(), word) for word in words]
        first, second, number = [word.lower() for word in [*words, "", "", ""][:3]]
        if not is_own and (first, second) in self.number_is_second and PLAIN_NUMBER.fullmatch(number):
            words[1:3] = words[2], words[1]  # "Nemotron Super 3" beside "Nemotron 3 Ultra" and "Nemotron 3 Super"
        begins = self.begins.get(words[0].lower(), "") if words[1:] and words[1][0].isdecimal() else ""
        return (begins + " ".join(words[1:]) if begins else " ".join(words)).replace(HYPHEN, "-")

    def match(self, api_id: str, name: str = "") -> Match | None:
        """Return the model that an id or a name stands for; the first of several that have the name is uncertain."""
        ids = [words for bare in bare_ids(api_id) for words in self.beginnings(words_of(bare))]
        for bare in (api_id.lower(), *bare_ids(api_id.lower())):
            if pks := self.exact.get(bare):
                return Match(min(pks), is_certain=len(pks) == 1)
        titles = list(self.beginnings(words_of(name.rpartition("/")[2].rpartition(": ")[2]))) if name else []
        title_words = {word for words in titles for word in words}
        for words in ids:
            if pk := _only(self.keys.get(key_of(words))):
                # A version that only the name tells: "devstral-small" is offered as Devstral Small 1.1.
                return Match(pk, not any(word[0].isdecimal() and word not in ids[0] for word in title_words))
        undated = MONTH_DAY.sub("", [*bare_ids(api_id)][-1])
        for words in () if name else self.beginnings(words_of(undated)):
            if pk := _only(self.keys.get(key_of(words))):
                return Match(pk, any(word[0].isdecimal() for word in words))
        for words in titles:
            if pk := _only(self.keys.get(key_of(words))):
                return Match(pk, {*ids[-1]} <= {*words, *self.vendors, "instruct", "chat"})
        for words in (*ids, *titles):
            if pk := _only(self.loose.get(key_of(word for word in words if word not in HARMLESS))):
                added = HARMLESS.intersection(words)
                return Match(pk, is_certain=bool(added) and added <= self.borne[pk] and not name and words in ids)
        alike = {pk for words in (*ids, *titles) for pk in self.keys.get(key_of(words), ())}
        return Match(min(alike), is_certain=False) if alike else None

    def has(self, name_words: list[str]) -> bool:
        """Return whether a model has this name, apart from words that hosts add."""
        loose = (key_of(word for word in rest if word not in HARMLESS) for rest in self.beginnings(name_words))
        return any(key in self.loose for key in loose)

    def lab_of(self, word: str) -> str:
        """Return the vendor whose models begin with a word, or with a part of it: "codellama" is as "llama"."""
        parts = (lab for part, lab in self.lab_of_word.items() if len(part) >= LONG and part in word)
        return self.lab_of_word.get(word) or next(parts, "")

    def beginnings(self, words: list[str]) -> Iterator[list[str]]:
        """Yield the words, also without the vendor in front: "meta-llama-3-8b" is "llama-3-8b"."""
        yield words
        while len(words) > 1 and words[0] in self.vendors:
            words = words[1:]
            yield words


def _vendors_by_first_word(words_and_vendors: Iterable[tuple[list[str], str]]) -> dict[str, str]:
    """Return the vendor of most of the models whose names begin with a word."""
    return _most_common((words[0], vendor) for words, vendor in words_and_vendors if words and words[0] not in GENERIC)


def _most_common[T](pairs: Iterable[tuple[T, Any]]) -> dict[T, Any]:
    """Return the value that stands in most pairs with a key, by key; of equally many the first."""
    counts_by_key: dict[T, Counter] = defaultdict(Counter)
    for key, value in pairs:
        counts_by_key[key][value] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in counts_by_key.items()}


def _only(pks: set[int] | None) -> int | None:
    return next(iter(pks)) if pks and len(pks) == 1 else None


def unmatched() -> list[Named]:
    """Return the offerings that have no model, except those from which a user removed it."""
    offerings = named_of(Offering.objects.filter(model=None))
    past = histories(Offering, [item.offering for item in offerings if item.offering])
    return [item for item in offerings if item.offering not in past or "model" not in past[item.offering].held]


def named_of(offerings: QuerySet[Offering]) -> list[Named]:
    """Return what these offerings say, in the order of their keys."""
    lists = ImportedRecord.objects.filter(kind=RecordKind.OFFERING).exclude(feed__in=PRICE_LISTS)
    listed = set(lists.values_list("record_id", flat=True))
    return [
        Named(row.provider.slug, row.api_id, row.name, facts_of(row), row.pk, row.pk in listed)
        for row in offerings.select_related("provider").order_by("pk")
    ]


def facts_of(row: Offering) -> dict[str, Any]:
    """Return the values of an offering by their path in the shape of models.dev."""
    value_by_path = {fact.feed_path: getattr(row, fact.name) for fact in SHARED_FACTS}
    return {path: value for path, value in value_by_path.items() if value not in (None, "", [])}


class Proposal(NamedTuple):
    """Offerings, and the model that they may be or, in the shape of models.dev, the new model that they are.

    `data` of a new model also has `own_ids`, its ids at its vendor's own API.
    """

    key: str
    model: int | None
    data: dict[str, Any]
    offerings: list[int]
    api_ids: list[str]
    is_certain: bool = False
    is_of_its_own: bool = False  # no router, alias for the latest or snapshot, and it writes text or embeds


def proposals(names: Names, rest: Iterable[Named]) -> tuple[dict[int, int], list[Proposal]]:
    """Return the certain models by offering, and proposals for what is left of `rest`."""
    certain, likely, unknown = {}, defaultdict(list), defaultdict(list)
    for item in rest:
        match = names.match(item.api_id, item.name)
        if match is None:
            unknown[key_of(words_of(item.bare))].append(item)
        elif item.offering and match.is_certain:
            certain[item.offering] = match.model
        elif item.offering:
            likely[match.model].append(item)
    titles = dict(AIModel._base_manager.filter(pk__in=likely).values_list("pk", "name"))
    matches = [Proposal(f"{pk}", pk, {"name": titles[pk]}, *_listed(items)) for pk, items in likely.items()]
    joined: dict[Key, list[Named]] = {}
    # Short names first: "nvidia-nemotron-4" is "nemotron-4", if there is one.
    for key, items in sorted(unknown.items(), key=lambda group: (sum(map(len, group[0])), -len(group[1]))):
        keys = map(key_of, names.beginnings(words_of(items[0].bare)))
        joined.setdefault(next((beginning for beginning in keys if beginning in joined), key), []).extend(items)
    for key, items in [*joined.items()]:
        # A vendor may offer a model by another id than its title: Mistral Medium 3.1 as "mistral-medium-2508".
        titles = {key_of(words_of(item.title)) for item in items if item.lab}
        if len(titles) == 1 and (title := titles.pop()) in joined and not any(item.lab for item in joined[title]):
            joined[title] += joined.pop(key)
    spelt = spellings(chain.from_iterable((item.bare, item.title) for items in joined.values() for item in items))
    new = (_new(key, items, names, joined.keys(), spelt) for key, items in joined.items())
    return certain, [*matches, *filter(None, new)]


def spellings(texts: Iterable[str]) -> dict[str, str]:
    """Return the most common spelling of each word that these names and ids write with capitals, by lower case."""
    mixed = (text for text in texts if text != text.upper())
    return _most_common((word.lower(), word) for text in mixed for word in _spelt_words(text))


def _spelt_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z]+", text) if word != word.lower()]


def _new(
    key: Key, items: list[Named], names: Names, others: Collection[Key], spelt: Mapping[str, str]
) -> Proposal | None:
    """Return a proposal for a new model with what its vendor's own API says, or else most of its offerings."""
    at_lab = [item for item in items if item.lab]
    [(bare, _)] = Counter(item.bare.lower() for item in items).most_common(1)
    titles = Counter(item.title for item in at_lab or items if at_lab or key_of(words_of(item.title)) == key)
    written = (title for title, _ in titles.most_common() if title != title.lower())
    stated = chain.from_iterable(item.facts.items() for item in at_lab or items)
    values = _most_common((path, tuple(value) if isinstance(value, list) else value) for path, value in stated)
    own_ids = sorted({item.bare.lower() for item in at_lab})
    named_by = sorted({(item.provider, item.api_id) for item in items})
    data: dict[str, Any] = {
        "name": O_SERIES.sub("o", next(written, "") or names.written(bare, spelt, is_own=bool(at_lab))),
        "own_ids": own_ids,
        "named_by": named_by,
    }
    for path, value in values.items():
        put(data, path, list(value) if isinstance(value, tuple) else value)
    is_listed, hosts = any(item.is_listed for item in items), {item.provider for item in items}
    paths = {(part, item.provider) for item in items for part in item.organisations}
    ways = ((part, part.partition("-")[0], part.removesuffix("ai")) for part, _ in paths)
    by_path = Counter(lab for way in ways if (lab := next((part for part in way if part in names.labs), "")))
    [(by_most, agreeing)] = by_path.most_common(1) or [("", 0)]
    first, second = [*words_of(bare), ""][:2]
    lab = names.lab_of(second if first in GENERIC else first)  # some vendors sell models of others, too
    vendor = by_most if agreeing >= MIN_PROVIDERS else lab or (at_lab[0].lab if at_lab else by_most)
    is_at_maker = any(DOTTED.match(item.api_id) or item.provider.partition("-")[0] == first for item in items)
    if not at_lab and len(hosts) < MIN_PROVIDERS and (is_listed or not (vendor or is_at_maker)):
        return None
    vendor = vendor or (first if first in names.labs else "")
    strangers = Counter(part for part, _ in paths if names.vendors.isdisjoint(words_of(part)))
    makers = {path[-1] for item in items if (path := item.organisations)}
    is_strange = bool(makers) and makers <= strangers.keys() and not any(map(PLACE_OF_HOST.fullmatch, makers))
    if not at_lab and (agreeing < MIN_PROVIDERS <= max(strangers.values(), default=0) or (is_strange and not agreeing)):
        vendor = ""  # an organisation that is no vendor on record has made it of a model of others
    outputs, ways = at(data, "modalities.output"), WAYS if at_lab else WAYS | WAYS_OF_HOSTS
    is_word = not (at_lab or second or len(hosts) >= MANY_PROVIDERS)
    is_other = outputs is not MISSING and PROPOSED_OUTPUTS.isdisjoint(outputs)
    is_router = ROUTERS.intersection(key[1]) or any(part in BY_KIND[ProviderKind.RESELLER] for part, _ in paths)
    stem = [word for word in words_of(SNAPSHOT.sub("", bare)) if word not in ways]
    # One other host may add anything: ":variant1", "-f2".
    starts = [words_of(bare)[:end] for end in range(2, len(words_of(bare)))] if len(hosts) == 1 and not at_lab else []
    is_variant = (starts and ":" in bare) or any(names.has(start) or key_of(start) in others for start in starts)
    # The month is the version where the name has no other: Mistral Large 2407.
    is_version = bool(YEAR_MONTH.search(bare)) and not any(word.isdecimal() for word in stem)
    is_snapshot = stem != words_of(bare) and (names.has(stem) or key_of(stem) in others)
    is_of_its_own = not (is_word or is_other or is_router or ((is_snapshot or is_variant) and not is_version))
    return Proposal(f"{vendor}/{bare}", None, data, *_listed(items), is_certain(items, key), is_of_its_own)


def stem_of(name: str) -> Key:
    """Return the key of a name without what snapshots, hosts and ways of use add: "Opus 4.0 Fast" is "Opus 4"."""
    added = HARMLESS | WAYS | WAYS_OF_HOSTS | {"0"}
    return key_of(word for word in words_of(SNAPSHOT.sub("", name)) if word not in added)


def is_certain(items: Iterable[Named], key: Key) -> bool:
    """Return whether lists of models have one of that name at its vendor's own API or at enough providers, and it is
    no alias for the latest."""
    items = [item for item in items if item.is_listed]
    # The same company: "alibaba-cn" and "alibaba", "azure-cognitive-services" and "azure".
    companies = {item.provider.partition("-")[0] for item in items if item.offering}
    has_number = any(letter.isdecimal() for words in key for word in words for letter in word)
    is_own = any(item.lab for item in items) and (has_number or companies)
    is_named = is_own or (has_number and len(companies) >= MANY_PROVIDERS)
    return bool(is_named) and not MOVING.intersection(key[1])


def _listed(items: list[Named]) -> tuple[list[int], list[str]]:
    ids = sorted({next(bare_ids(item.api_id)) for item in items})
    return [item.offering for item in items if item.offering], ids


# Such as GPT, GLM and the SD of SD3.5, and some with vowels.
ABBREVIATION = re.compile(
    r"[^aeiouy]{1,4}|[^aeiouy\d]{1,3}\d+(?:\.\d+)?|ai|api|cli|er|fim|mai|moe|ocr|tars|ui", re.IGNORECASE
)
ENDS_AS_ABBREVIATION = re.compile(r"(?<=[a-z]{3})(?:lm|vl)\Z")  # LearnLM, InternVL


def readable(slug: str, name: str = "") -> str:
    """Return "claude-opus" as "Claude Opus"; words that `name` contains are written as there."""
    written = {word.lower(): word for word in re.findall(r"[A-Za-z]+", name) + re.findall(r"\w+", name)}
    words = [word.upper() if ABBREVIATION.fullmatch(word) else word.capitalize() for word in re.split(r"[-_ ]+", slug)]
    words = [ENDS_AS_ABBREVIATION.sub(lambda ending: ending[0].upper(), word) for word in words]
    return " ".join(written.get(word.lower()) or word for word in words)
