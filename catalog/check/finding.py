"""Find the models of the catalogue that code, a configuration file or a list names.

A text is never stored, and never part of a query or a message: it may contain secrets.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from django.views.decorators.debug import sensitive_variables
from rapidfuzz import fuzz, process

from catalog.importers.matching import DATE, Key, bare_ids, key_of, words_of
from catalog.integration.names import MODEL, rows
from catalog.models import AIModel, Offering, Provider, Vendor
from publishing.quality.names.lexicon import MISSPELLING
from publishing.quality.names.tokens import could_be_ordinary, is_short

MOST_TOKENS = 10_000  # different ones that are compared word by word; no file written by people has as many
LEAST_LIKENESS = 75  # on a scale of 0 to 100
LONGEST = 120  # letters of an id; longer tokens are keys, hashes and data
LONGEST_RUN = 1_000  # letters of an address or path with ids in it
MOST_NUMBERS = 2  # in a row that no model has: "gpt-9-1" is a version, "gpt-0049-1711-2345" may be a telephone number
RUN = re.compile(r"[a-z0-9][a-z0-9._:@/-]*")
NAME = re.compile(r"[a-z][a-z0-9._-]{,39}(-\*)?")
WORD = re.compile(r"[._-]")
SAID, LONGEST_SAID = re.compile(r"[,;:\n]| and | or "), 40  # names as people say them: "Sonnet 4.5"
NOTHING = "(?!)"
FILE = re.compile(r"\.(?:py|[jt]sx?|md|json|ya?ml|txt|toml|html?|css|com|ai)\Z")
ESCAPES = re.compile(r"\\[nrt]")
LATEST = re.compile(r" \(latest\)\Z|(?<=\w)-latest\Z", re.IGNORECASE)
# The build of a version, "gemini-2.0-flash-001", "mistral-medium-3@001" and "gpt-4-0613", and what Groq adds to
# "llama-3.1-8b-instant".
BUILD = re.compile(r"[-@]00\d\Z|(?<=\Agpt-4)-\d{4}\Z|(?<=\Agpt-3\.5-turbo)-\d{4}\Z|(?<=\db)-(?:instant|versatile)\Z")
# Words of "llama-4-maverick-17b-128e-instruct" that are left out elsewhere.
SIZE, HARMLESS = re.compile(r"\d+b"), re.compile(r"instruct|it|hf|\d+e")
# "o3" and "sonar" are other things elsewhere. They count as the value of a key such as "model", after a provider, or in
# quotation marks or alone on a line.
OF_MODEL = r"(?:model|engine|deployment|fallback)[\w.-]{,30}[\"'`\])]{,3}\s{,9}(?:=>?|:=?)\s{,9}[\"'`]?(%s)(?![\w./:-])"
ALONE = r"[\"'`](%s)[\"'`]|^[ \t]*(?:[-*][ \t]+)?(%s)[ \t]*(?:,[ \t]*)?\r?$"
PATHS = frozenset(["deployments", "model", "models", "openrouter", "litellm", "litellm_proxy"])
PATHS |= {"azure_ai", "fireworks_ai", "together_ai", "vertex_ai"}  # as LiteLLM writes providers


class StackNames:
    """Names of models, each with the key of its model. `hosts` are the slugs of providers and vendors.

    `ids` are those of offerings: the id, the key of the model, the slug of the provider, and the key of the offering.
    """

    def __init__(self, names: Iterable[tuple[str, int]], ids: Iterable[tuple], hosts: Iterable[str]):
        self.exact: dict[str, int] = {}
        self.hosts, self.dated = PATHS.union(hosts), {pk for name, pk in names if DATE.search(name)}
        keys, by_id, titles, short = (defaultdict(set) for _ in range(4))
        self.offers, offered = {}, defaultdict(set)
        for name, pk in ((LATEST.sub("", written).lower(), pk) for written, pk in names):
            self.exact.setdefault(name, pk)
            self.exact.setdefault("-".join(words_of(name)), pk)
            keys[_key(name)].add(pk)
            if " " in name and not is_short(name):
                first, *others = name.split(" ")
                titles[first].update({" ".join(others), " ".join(reversed(others))})  # also "Claude 3.7 Sonnet"
        for api_id, pk, host, offering in ids:
            self.offers[f"{host}/{api_id.lower()}"] = offering, pk
            offered[api_id.lower()].add((offering, pk))
            for form in {api_id.lower(), *bare_ids(api_id.lower())} - self.exact.keys():
                by_id[form].add(pk)
        for form, models in by_id.items():
            if len(models) == 1:
                self.exact[form] = min(models)
                keys.setdefault(_key(form), models)
        # An id that one provider alone has names its offering; of "gpt-4o" only "azure/gpt-4o" does.
        unique = {api_id: min(some) for api_id, some in offered.items() if len(some) == 1}
        self.offers = {one: offer for one, offer in unique.items() if one.split("/")[0] not in self.hosts} | self.offers
        # If versions share a name, it is that of the one without a date: "claude-sonnet-4".
        rolling = {key: models - self.dated if len(models) > 1 else models for key, models in keys.items()}
        self.keys = {key: min(models) for key, models in rolling.items() if all(key) and len(models) == 1}
        for name, pk in self.exact.items():
            short[key_of(words_of(name)[1:])].add(pk)
        self.short = {key: min(models) for key, models in short.items() if all(key) and len(models) == 1}
        self.weak = {name for name in self.exact if " " not in name and (could_be_ordinary(name) or is_short(name))}
        written = [words_of(name) for name in self.exact if name[0].isalpha()]
        self.words = {word for name in self.exact for word in WORD.split(name)}
        self.heads = {tuple(words[:number]) for words in written for number in (1, 2)} - {("o",)}
        self.of_model = re.compile(OF_MODEL % _either(self.weak))
        self.alone = re.compile(ALONE % (_either(self.weak), _either(self.weak)), re.MULTILINE)
        named = "|".join(f"{re.escape(first)} (?:{_either(others)})" for first, others in sorted(titles.items()))
        self.title = re.compile(rf"(?<![\w./-])(?:{named or NOTHING})(?![\w+-]|\.\w)")

    @sensitive_variables()
    def find(self, text: str) -> tuple[set[int], list[str], set[int]]:
        """Return the keys of the models that `text` names, other names that look like models, and the keys of the
        offerings whose ids it has.

        100 kB take at most about 0.15 s of processor time.
        """
        text = ESCAPES.sub("\n", text).lower()
        titles = {title: self.exact.get(title) or self.keys.get(_key(title)) for title in self.title.findall(text)}
        text = self.title.sub(" ", text)
        found = {*titles.values(), *(self.exact[name] for name in self.of_model.findall(text))}
        said = {_key(part) for part in SAID.split(text) if " " in part.strip() and len(part) <= LONGEST_SAID}
        found |= {self.keys.get(key) or self.short.get(key) for key in said}
        tokens, known, offers = set(), {}, {}
        runs = {run for run in RUN.findall(text) if len(run) <= LONGEST_RUN}
        for before, token in (part for run in runs for part in _parts(run.rstrip(".:/-_"))):
            offers.update(self.offers[form] for form in (f"{before}/{token}", token) if form in self.offers)
            if pk := self.exact.get(f"{before}/{token}") or (token not in self.weak and self.exact.get(token)):
                known[token] = pk
                found.add(pk)
            elif token not in self.weak:
                tokens.add(token)
            elif before in self.hosts:
                found.add(self.exact[token])
        rest = [one for one in tokens if 3 < len(one) <= LONGEST and not one.isdecimal() and not one.isalpha()]
        known |= {token: pk for token in rest[:MOST_TOKENS] if (pk := self._by_words(token))}
        for name in (one or other for one, other in self.alone.findall(text)):
            if not name.isalpha() or any(token.startswith(f"{name}-") for token in known):
                found.add(self.exact[name])
        others = (token for token in rest[:MOST_TOKENS] if token not in known and not FILE.search(token))
        unknown = sorted(filter(self._is_like_a_name, {self._without_own_words(token) for token in others}))
        models = {*found, *known.values()} - {None}
        return models, unknown, {offering for offering, pk in offers.items() if pk in models}

    def _by_words(self, token: str) -> int | None:
        """Return the model whose name has the same words and no other date: "llama3.1-8b" is "Llama 3.1 8B"."""
        has_date = False
        for form in bare_ids(token.replace("gpt-35-", "gpt-3.5-")):  # as Azure writes it
            has_date = has_date or bool(DATE.search(form))
            for bare in dict.fromkeys([form, BUILD.sub("", form), LATEST.sub("", form)]):
                pk = None if bare in self.weak else self.exact.get(bare) or self.keys.get(_key(bare))
                if pk and not (has_date and pk in self.dated and not DATE.search(bare)):
                    return pk
        return None

    def nearest(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return those of `names` that look like models, each with the key of the model with the most similar name."""
        found = {}
        for name in filter(self._is_like_a_name, names):
            first = words_of(name)[0]
            alike = [one for one in self.exact if one.startswith(first)]
            best = process.extractOne(name.removesuffix("-*"), alike, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
            found[name] = best and self.exact[best[0]]
        return found

    def _without_own_words(self, token: str) -> str:
        """Return "gpt-4o-*" for "gpt-4o-acme": words that no model has may be a client's or a secret."""
        start, first_number, numbers = 0, 0, 0
        undated = len(DATE.sub("", token))
        for word in WORD.split(token.removesuffix("-*")):
            is_number = word.isdecimal()
            if not numbers:
                first_number = start
            numbers = numbers + 1 if is_number and start < undated else 0
            if word not in self.words:
                if numbers > MOST_NUMBERS:
                    return f"{token[:first_number].rstrip('._-')}-*"
                if not is_number or len(word) > 4:
                    return f"{token[:start].rstrip('._-')}-*"
            start += len(word) + 1
        return token

    def _is_like_a_name(self, token: str) -> bool:
        """Return whether it is a name such as "gpt-4o-max" or "claude-sonnet-9", with no word that no model has."""
        words = words_of(token)
        if len(words) < 2 or self._without_own_words(token) != token:
            return False
        begins = (words[0],) if words[1].isdecimal() else (words[0], words[1])
        has_number = any(word[0].isdecimal() for word in words[1:])
        return has_number and begins in self.heads and bool(NAME.fullmatch(token))


def _parts(run: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a path or an id, each with the one before: "azure/gpt-5" and "openai:o3" name a provider."""
    for before, segment in pairwise(["", *run.split("/")]):
        pieces = segment.split(":")
        if len(pieces) > 1:
            yield from pairwise([before, *pieces])
            yield from (("", f"{one}:{other}") for one, other in pairwise(pieces))
        if len(segment) <= LONGEST:
            yield before, segment


def _key(name: str) -> Key:
    words = words_of(name)
    is_sized = any(map(SIZE.fullmatch, words))
    return key_of(word for word in words if not (is_sized and HARMLESS.fullmatch(word)))


def _either(names: set[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or NOTHING


def stack_names() -> StackNames:
    """Return the names in the database now. Four queries; the index is reused while they are the same."""
    of_models = [row for row in rows() if row[0] == MODEL and row[5] != MISSPELLING]
    names = dict.fromkeys((name, row[1]) for row in of_models for name in (row[4], row[2]))
    offered = Offering.objects.filter(model__in=AIModel.objects.published(), provider__in=Provider.objects.published())
    ids = offered.order_by("pk").values_list("api_id", "model", "provider__slug", "pk")
    hosts = (slug for kind in (Provider, Vendor) for slug in kind.objects.values_list("slug", flat=True))
    return _index(tuple(names), tuple(ids), tuple(hosts))


@lru_cache(1)
def _index(names: tuple, ids: tuple, hosts: tuple) -> StackNames:
    return StackNames(names, ids, hosts)
