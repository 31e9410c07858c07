"""Which provider a text names as the host of a model: by an id, an address, a class, or in the same sentence."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from catalog.check.blocks import Blocks
from catalog.check.lexicon import WORDS
from catalog.importers.known_providers import OF_VENDORS
from catalog.importers.litellm.offerings import PROVIDERS
from ops.toml_files import toml_beside

FILE = toml_beside(__file__, "hosts.toml")
SAME: dict[str, list[str]] = FILE["same"]
SLUGS = {word: slug for kind in ("words", "vendors") for slug, words in FILE[kind].items() for word in words}
OWN = "own"  # a server of one's own, or one that is not on record
VENDORS = frozenset([OWN, *chain(OF_VENDORS, *OF_VENDORS.values())])  # their own API is meant
NAMED = re.compile("|".join(map(re.escape, sorted(SLUGS, key=len, reverse=True))))
ALIASES = {key.replace("_", "-"): slug for key, slug in {**PROVIDERS, **FILE["prefixes"]}.items()}
LONGEST = 120
MOST_PLACES = 2_000  # of models and of providers that are compared
MOST_VARIABLES = 50
NOT_PATH, PARTS = re.compile(r"[^a-z0-9.:/@-]"), re.compile(r"[/:]")
# "eu.anthropic." before a name, and "@20250929" after it.
OF_BEDROCK = re.compile(r"(?:\A|[/:\"'`=\s(,])(?:(?:us|eu|apac|au|jp|global|us-gov)\.)?([a-z0-9]+)\.\Z")
OF_VERTEX = re.compile(r"@(?:20\d{6}|default)\b")
PREFIX = re.compile(r"[a-z0-9-]{,30}[/:][a-z0-9@]")
JOINED = re.compile(r"[\s*`]{,3}(?:[,/&+]|and|or|und|oder|et|ou)?[\s*`]{,3}")
ADDRESS = re.compile(r"://[a-z0-9.-]*\Z")
# "provider: groq" and `xai("…"`: a provider by its slug or by LiteLLM's name.
STATED = re.compile(
    r"(?:provider|api-type|backend)[\w-]{,20}[\"'`]?\s?(?:=>?|::?)\s?[\"'`:]{,2}([a-z][a-z0-9./-]{1,60})"
    r"|(?<![\w.-])([a-z][a-z0-9-]{1,30})(?=\([\"'`])"
)
# The heading of a column of hosts, and the sign between cells.
CELLS = frozenset("|;,\t")
COLUMN = re.compile(r"(?:\A|[|;,\t])[ ]?(?:host|provider|platform|anbieter|fournisseur)[ ]?(?:\r?\Z|(?=[|;,\t]))")
CALL = re.compile(r"[\w.-]{,60}\(")
KEY = re.compile(r"[\w. -]{,20}[\"'`*]{,3}\s?([:=]?)\*{,2}[ \t]*(?:\r?\n|[{\[])")
NAME_OF_LINE = re.compile(r"[ \t\"'`-]*(?:export )?[\w.-]{1,60}[\"'`]?\s?[:=]")
WORD = re.compile(r"[\w-]+")
VARIABLE = re.compile(
    r"^[ \t]*(?:[\w<>.?\[\]]{1,40}[ \t]{1,4}){,4}?(\w[\w-]{,40})[ \t]?(?::[^=\n]{1,40})?[ \t]?(?::?=)(?!=)",
    re.MULTILINE,
)


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
        self,
        text: str,
        sentences: list[int],
        paragraphs: list[int],
        slugs: Iterable[str],
        offered: Mapping[tuple[str, int], set[int]],
    ):
        self.text, self.low, self.sentences, self.paragraphs = text, text.lower(), sentences, paragraphs
        self.offered, self.slugs = offered, frozenset(slugs) - WORDS["paths"]
        markers = [_marker(self.low, match) for match in islice(NAMED.finditer(self.low), MOST_PLACES)]
        # "groq/llama-3.1-8b" says nothing of other models.
        markers = [marker for marker in markers if marker.is_address or not _is_prefix(self.low, marker)]
        self.markers = [marker for marker in markers if marker.is_code or marker.slug not in VENDORS]

    def of(self, models: list[tuple[int, int, int]]) -> dict[int, set[str]]:
        """Return the slugs of the hosts that the text names for models, given as start, end and key in order."""
        hosts: dict[int, set[str]] = {}
        starts = [start for start, _, _ in models]
        self.is_only = len({model for _, _, model in models}) == 1
        stated = sorted([*self.markers, *islice(chain(self._stated(), self._cells()), MOST_PLACES)]) if models else []
        blocks = Blocks(self.low) if stated else None
        if blocks:
            stated += self._variables(blocks, stated)
            self._place(blocks, stated, starts)
        of_sentence = self._by_sentence(models, starts)
        for number, (start, end, model) in enumerate(models):
            slug = self._of_id(start, end, model)
            if blocks and (slug is None or slug in VENDORS):
                slug = (
                    self._of_blocks(blocks, start, model) or of_sentence.get(number) or self._left(start, model, slug)
                )
            if slug and slug not in VENDORS:
                hosts.setdefault(model, set()).add(slug)
        return hosts

    def _of_id(self, start: int, end: int, model: int) -> str | None:
        before = self.low[max(0, start - LONGEST) : start]
        for part in PARTS.split(NOT_PATH.split(before)[-1])[:-1]:
            slug = self._slug(part)
            # "meta-llama/Llama-3.3-70B" is an owner at Hugging Face.
            if slug and (slug not in VENDORS or self.text[start:end].islower()):
                return slug
        if OF_VERTEX.search(self.low[start : end + 10]):
            return "google-vertex"
        vendor = OF_BEDROCK.search(self.text[max(0, start - LONGEST) : start])
        is_id = vendor and vendor[1] not in WORDS["before"] and self.text[start:end].islower()
        is_there = self.low[end : end + 1] in "-:" or self.offers("amazon-bedrock", model)
        return "amazon-bedrock" if is_id and is_there else None

    def _slug(self, word: str) -> str | None:
        return ALIASES.get(word) or (word if word in self.slugs else None)

    def _stated(self) -> Iterator[Marker]:
        for match in STATED.finditer(self.low):
            slug = self._slug((match[1] or match[2]).rpartition("/")[2])
            if slug or match[1]:
                yield Marker(match.start(), match.end(), slug or OWN, is_code=True, is_address=False)

    def _cells(self) -> Iterator[Marker]:
        """Yield the providers in columns of them, also "together", which elsewhere is a word."""
        place, sign, column = 0, "", None
        for line in self.low.split("\n"):
            if heading := COLUMN.search(line):
                sign = next(
                    (one for one in (heading[0][0], line[heading.end() : heading.end() + 1]) if one in CELLS), ""
                )
                column = line.count(sign, 0, heading.end()) if sign else None
            elif column is not None:
                cells = line.split(sign)
                name = cells[column].strip(' *`"\r') if column < len(cells) else None
                if slug := name and self._slug(name):
                    start = place + sum(len(cell) + 1 for cell in cells[:column])
                    yield Marker(start, start + len(cells[column]), slug, is_code=True, is_address=False)
                column = column if line.strip() else None
            place += len(line) + 1

    def _variables(self, blocks: Blocks, stated: list[Marker]) -> list[Marker]:
        """Return markers where a variable is used that holds an address or a client of a provider."""
        places = [marker.place for marker in stated]
        slugs: dict[str, list[tuple[int, str]]] = {}  # by name, each from a place on
        for match in VARIABLE.finditer(self.low):
            stop = blocks.ends[next(blocks.around(match.start(1)), 0)]
            inside = [
                one for one in stated[bisect_left(places, match.end()) : bisect_left(places, stop)] if one.is_code
            ]
            for word in WORD.finditer(self.low, match.end(), min(stop, match.end() + LONGEST)):
                inside += [Marker(*word.span(), slug, True, False) for _, slug in slugs.get(word[0], ())[-1:]]
            slug = _preferred(inside)
            if slug and (match[1] in slugs or len(slugs) < MOST_VARIABLES):
                slugs.setdefault(match[1], []).append((match.end(), slug))
        if not slugs:
            return []
        used = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, slugs))})(?=[.()/,}}])")
        markers = []
        for match in islice(used.finditer(self.low), MOST_PLACES):
            before = [slug for place, slug in slugs[match[0]] if place <= match.start()]
            markers += [Marker(match.start(), match.end(), slug, True, False) for slug in before[-1:]]
        return markers

    def _place(self, blocks: Blocks, stated: list[Marker], starts: list[int]) -> None:
        """Set the markers of each block that they are about: the first one around them with a model."""
        self.within, self.left, self.renamed = defaultdict(list), defaultdict(set), {}
        placed = set()
        for marker in stated:
            key, call = KEY.match(self.low, marker.end), CALL.match(self.low, marker.end)
            opening = call or (key if key and key[0][-1] in "{[" else None)
            line = None
            for block in blocks.around(opening.end() if opening else marker.end - 1):
                first = bisect_left(starts, blocks.starts[block])
                line = block if line is None else line
                if first < len(starts) and starts[first] < blocks.ends[block]:
                    is_head = bool(key) and block == line and starts[first] > marker.place
                    if marker.is_code or is_head:
                        self.within[block].append((marker, is_head))
                    if is_head or marker.is_address:
                        placed.add(marker)
                    break
                if blocks.is_item[block] or (key and key[1]):
                    break
            else:
                for at in (None, bisect_right(self.paragraphs, marker.place)) if marker.is_code else ():
                    self.left[at, marker.is_address].add(marker.slug)
            if marker.is_address:  # OPENAI_BASE_URL=https://api.groq.com
                line = self.low.rfind("\n", 0, marker.place) + 1
                key = NAME_OF_LINE.match(self.low, line, marker.place)
                named = {SLUGS[match[0]] for match in NAMED.finditer(self.low, line, key.end())} if key else set()
                if named and named <= VENDORS:
                    self.renamed[named.pop()] = marker.slug
        self.markers = [marker for marker in self.markers if marker not in placed]

    def _of_blocks(self, blocks: Blocks, start: int, model: int) -> str | None:
        """Return the provider that the innermost block with one names; a key around it counts even around vendors."""
        vendor = None
        for block in blocks.around(start):
            named = [marker for marker, is_head in self.within[block] if is_head or not vendor]
            slug = _preferred(named) or _preferred([one for one in named if self.offers(one.slug, model)])
            if named and slug not in VENDORS:
                return slug
            vendor = vendor or slug
        return self.renamed.get(vendor, vendor)

    def _left(self, start: int, model: int, vendor: str | None) -> str | None:
        """Return the only provider with this model that is named in the paragraph, else in the text, for no other."""
        is_vendors = vendor is not None and self.offers(vendor, model)
        at = bisect_right(self.paragraphs, start)
        for place, is_address in ((at, True), (None, True), (at, False), (None, False)):
            if is_address or not is_vendors:
                named = self.left[place, is_address]
                slugs = named - VENDORS
                is_only = self.is_only or (place is None and len(named) == 1)
                if len(slugs) > 1 or not is_only:
                    slugs = {slug for slug in slugs if self.offers(slug, model)}
                if len(slugs) == 1:
                    return slugs.pop()
        return None

    def _by_sentence(self, models: list[tuple[int, int, int]], starts: list[int]) -> dict[int, str]:
        """Return hosts by the number of the model: one that follows it, or one before the first model."""
        found: dict[int, str] = {}
        places = [marker.place for marker in self.markers]
        for marker, following in zip(self.markers, [*places[1:], len(self.low)], strict=bool(self.markers)):
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

    def offers(self, slug: str, model: int) -> set[int]:
        """Return the keys of the offerings of a model at a provider."""
        return set().union(*(self.offered.get((one, model), ()) for one in (slug, *SAME.get(slug, ()))))


def _preferred(markers: list[Marker]) -> str | None:
    """Return the only host among markers, that of addresses before others; else the vendor, if there is only one."""
    hosts = [marker for marker in markers if marker.slug not in VENDORS]
    for some in ([marker for marker in hosts if marker.is_address], hosts, [] if hosts else markers):
        if len(slugs := {marker.slug for marker in some}) == 1:
            return slugs.pop()
    return None


def _is_prefix(low: str, marker: Marker) -> bool:
    is_first = not low[marker.place - 1 : marker.place].isalnum() and low[marker.place - 1 : marker.place] != "."
    return is_first and bool(PREFIX.match(low, marker.end))


def _marker(low: str, match: re.Match) -> Marker:
    before, after = low[max(0, match.start() - 60) : match.start()], low[match.end() : match.end() + 20]
    is_address = bool(ADDRESS.search(before)) or (
        bool(re.match(r"[a-z0-9-]*\.(?:ai|com|xyz|net)\b", after)) and before[-1:] in {"/", ".", "@"}
    )
    is_code = (
        is_address
        or match[0].endswith("(")
        or bool(re.search(r"[a-z0-9.@/_-]\Z", before) or re.match(r"[a-z0-9]|[._/@-]\w|\(|=|:[ \t]*\r?\n", after))
    )
    return Marker(match.start(), match.end(), SLUGS[match[0]], is_code, is_address)
