"""Which provider a text names as the host of a model: by an id, an address, a class, or in the same sentence."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import NamedTuple

from catalog.check.lexicon import WORDS
from catalog.importers.known_providers import OF_VENDORS
from catalog.importers.litellm.offerings import PROVIDERS
from ops.toml_files import toml_beside

FILE = toml_beside(__file__, "hosts.toml")
SAME: dict[str, list[str]] = FILE["same"]
SLUGS = {word: slug for kind in ("words", "vendors") for slug, words in FILE[kind].items() for word in words}
VENDORS = frozenset(chain(OF_VENDORS, *OF_VENDORS.values()))  # their own API is meant
NAMED = re.compile("|".join(map(re.escape, sorted(SLUGS, key=len, reverse=True))))
ALIASES = {key.replace("_", "-"): slug for key, slug in {**PROVIDERS, **FILE["prefixes"]}.items()}
LONGEST = 120
MOST_PLACES = 2_000  # of models and of providers that are compared
NOT_PATH, PARTS = re.compile(r"[^a-z0-9.:/-]"), re.compile(r"[/:]")
# "eu.anthropic." before a name, and "@20250929" after it.
OF_BEDROCK = re.compile(r"(?:\A|[/:\"'`=\s(,])(?:(?:us|eu|apac|au|jp|global|us-gov)\.)?[a-z0-9]+\.\Z")
OF_VERTEX = re.compile(r"@(?:20\d{6}|default)\b")
PREFIX = re.compile(r"[a-z0-9-]{,30}[/:][a-z0-9@]")
JOINED = re.compile(r"[\s*`]{,3}(?:[,/&+]|and|or|und|oder|et|ou)?[\s*`]{,3}")


class Marker(NamedTuple):
    """A provider that a text names; in code if it is part of an identifier or an address."""

    place: int
    end: int
    slug: str
    is_code: bool
    is_address: bool


class Hosts:
    """The providers that one text names. `offered` are the keys of offerings by provider and model."""

    def __init__(
        self, low: str, sentences: list[int], slugs: Iterable[str], offered: Mapping[tuple[str, int], set[int]]
    ):
        self.low, self.sentences, self.offered = low, sentences, offered
        self.slugs = frozenset(slugs) - WORDS["paths"]
        markers = [_marker(low, match) for match in islice(NAMED.finditer(low), MOST_PLACES)]
        # "groq/llama-3.1-8b" says nothing of other models.
        markers = [marker for marker in markers if marker.is_address or not _is_prefix(low, marker)]
        self.markers = [marker for marker in markers if marker.is_code or marker.slug not in VENDORS]
        self.of_addresses = {marker.slug for marker in self.markers if marker.is_address}
        self.of_code = {marker.slug for marker in self.markers if marker.is_code} - VENDORS
        self.places = [marker.place for marker in self.markers]

    def of(self, models: list[tuple[int, int, int]]) -> dict[int, set[str]]:
        """Return the slugs of the hosts that the text names for models, given as start, end and key in order."""
        hosts: dict[int, set[str]] = {}
        inherited = {model: [self._inherited(model, kind) for kind in (True, False)] for _, _, model in models}
        starts = [start for start, _, _ in models]
        of_sentence = self._by_sentence(models, starts)
        for number, (start, end, model) in enumerate(models):
            slug = self._of_id(start, end)
            if slug is None or slug in VENDORS:
                address, code = inherited[model]
                slug = address or slug or of_sentence.get(number) or code
            if slug and slug not in VENDORS:
                hosts.setdefault(model, set()).add(slug)
        return hosts

    def _of_id(self, start: int, end: int) -> str | None:
        before = self.low[max(0, start - LONGEST) : start]
        for part in PARTS.split(NOT_PATH.split(before)[-1])[:-1]:
            if slug := ALIASES.get(part) or (part if part in self.slugs else None):
                return slug
        if OF_VERTEX.match(self.low, end):
            return "google-vertex"
        return "amazon-bedrock" if OF_BEDROCK.search(before) and self.low[end : end + 1] in "-:" else None

    def _by_sentence(self, models: list[tuple[int, int, int]], starts: list[int]) -> dict[int, str]:
        """Return hosts by the number of the model: one that follows it, or one before the first model."""
        found: dict[int, str] = {}
        for marker, following in zip(self.markers, [*self.places[1:], len(self.low)], strict=bool(self.markers)):
            at = bisect_right(self.sentences, marker.place)
            first = self.sentences[at - 1] if at else 0
            last = self.sentences[at] if at < len(self.sentences) else len(self.low)
            before, after = bisect_left(starts, first), bisect_left(starts, marker.place)
            if before < after:  # "GPT-4o and GPT-5 on Azure"
                number = after - 1
                found.setdefault(number, marker.slug)
                while number > before and JOINED.fullmatch(self.low, models[number - 1][1], models[number][0]):
                    number -= 1
                    found.setdefault(number, marker.slug)
            else:  # "on Azure: GPT-4o, GPT-5"
                for number in range(after, bisect_left(starts, min(last, following))):
                    found[number] = marker.slug
        return found

    def _inherited(self, model: int, is_address: bool) -> str | None:
        """Return the only provider with this model that identifiers or addresses elsewhere in the text name."""
        candidates = self.of_addresses if is_address else self.of_code
        slugs = {slug for slug in candidates if self.offers(slug, model)}
        return slugs.pop() if len(slugs) == 1 else None

    def offers(self, slug: str, model: int) -> set[int]:
        """Return the keys of the offerings of a model at a provider."""
        return set().union(*(self.offered.get((one, model), ()) for one in (slug, *SAME.get(slug, ()))))


def _is_prefix(low: str, marker: Marker) -> bool:
    is_first = not low[marker.place - 1 : marker.place].isalnum() and low[marker.place - 1 : marker.place] != "."
    return is_first and bool(PREFIX.match(low, marker.end))


def _marker(low: str, match: re.Match) -> Marker:
    before, after = low[max(0, match.start() - 60) : match.start()], low[match.end() : match.end() + 20]
    is_address = bool(re.search(r"://[a-z0-9.-]*\Z", before)) or (
        bool(re.match(r"[a-z0-9-]*\.(?:ai|com|xyz|net)\b", after)) and before[-1:] in {"/", ".", "@"}
    )
    is_code = is_address or bool(
        re.search(r"[a-z0-9.@/_-]\Z", before) or re.match(r"[a-z0-9]|[._/-]\w|\(|=|:[ \t]*\r?\n", after)
    )
    return Marker(match.start(), match.end(), SLUGS[match[0]], is_code, is_address)
