"""The names by which texts are read: word by word, so that "GPT 4o", "gpt-4o" and "GPT4o" are one name.

Words lead from node to node of a tree. A longer name on record wins over the shorter one that it begins with.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from catalog.importers.matching import DATE as DATED
from catalog.importers.matching import ORGANISATIONS, bare_ids
from catalog.rules.spelling import words_of
from ops.toml_files import toml_beside
from publishing.quality.names.tokens import could_be_ordinary, is_short

WORDS = {kind: frozenset(name_words.split()) for kind, name_words in toml_beside(__file__, "words.toml").items()}
# Names of models from the lists in name_sources.toml, and which of their words are words of English or names of people.
OTHERS, ENGLISH = (
    frozenset(Path(__file__).with_name(name).read_text(encoding="ascii").split())
    for name in ("other_names.txt", "english_words.txt")
)

LEAST_LIKENESS = 75  # on a scale of 0 to 100
# An English word is a family if it begins as many names with numbers; a word of names of more families tells nothing.
MOST_COMMON, MOST_FIRSTS = 5, 4
LONG = 6  # letters of a word that is no abbreviation
SHORTEST = 3  # letters and digits of a word that is in no code
MOST_NUMBERS = 2  # in a row that no model has: "gpt-9-1" is a version, "gpt-0049-1711-2345" may be a telephone number
NAME = re.compile(r"[a-z][a-z0-9._-]{,59}(-\*)?")
SEPARATOR = re.compile(r"[._-]")
LATEST = re.compile(r" \(latest\)\Z|(?<=\w)-latest\Z", re.IGNORECASE)
OF_ID = re.compile(r"[/:]")  # "meta.llama3-1-8b-instruct-v1:0"
FIRST = re.compile(r"[ -]v1\Z", re.IGNORECASE)  # "Nova Pro" is Nova Pro V1
SIZE = re.compile(r"e?\d+(?:x\d+)?b")
OF_SIZE = re.compile(r"\d{1,4}[bkm]")
# Sizes as tags have them, with what follows: ":3.8b", ":32b-qwen-distill-q4-k-m".
TAG = re.compile(r"[:-](?P<size>e?\d+(?:[.x]\d+)?[bm])(?![a-z0-9])(?P<rest>(?:-[a-z0-9.]+)*)")
# Words that names have in one place and lack in another: "llama-4-maverick-17b-128e-instruct".
HARMLESS = re.compile(r"instruct|it|hf|chat|\d+e")
# Words after which a name that lacks them is complete: "Mistral Small 3.1" is "Mistral Small 3.1 24B Instruct".
LEFT_OUT = re.compile(rf"{SIZE.pattern}|a\d+b|instruct|it|hf|\d{{4}}")
BUILD = re.compile(r"-\d{4}")  # of "gpt-4-0613" and "gpt-3.5-turbo-0125"
BUILT = (("gpt", "4"), ("gpt", "3", "5", "turbo"))
DATE = r"(?:20\d\d-[01]\d-[0-3]\d|20\d\d[01]\d[0-3]\d)"
# Parts of an id that do not change which model it is: how it is served, the build, the place, the use.
TAIL = re.compile(
    r"(?:[-@](?:latest|instruct|it|hf|\d+e|default|free|00\d|maas|tee|instant|versatile|qat|gguf|awq|gptq|mlx|4bit|8bit"
    r"|fp\d+|nvfp4|mxfp4|bf16|int[48]|q\d(?:-[k01])?(?:-[sml])?|iq\d-\w{1,3}"
    r"|prod|production|dev|development|test|staging|stage|uat|deploy(?:ment)?|eu|us|global|emea|apac|cloud|swc|weu|eus2?"
    r"|(?:north|south|east|west|central|sweden|france|germany)+-?(?:us|europe|central|uk)?2?|datazone|(?:data-zone-)?standard"
    r"|provisioned|ptu|batch)(?![a-z0-9])|\.gguf\b"
    rf"|[-@](?P<date>{DATE})|:(?:free|latest|instruct|\d+k?(?::\d+k?)?)|--?\d+:\d+k?(?::\d+k?)?|--\d-0"
    r"|--1(?![\d.]))+"
)


type Words = tuple[str, ...]


class Entry(NamedTuple):
    """What a name means: the key of a model, or None for one that is not on record. A weak name is also a word."""

    model: int | None
    is_weak: bool = False


class Node(dict[str, "Node"]):
    """The words that may follow; `is_on_record`, if a name on record does; `entry`, if a name ends here; `begun`, if
    all names on record that go on mean one model.

    `forms` are the further words of the names from here on, with their models and whether they are on record; made when
    a tag is read."""

    is_on_record = False
    entry: Entry | None = None
    begun: Entry | None = None
    forms: list[tuple[set[str], int | None, bool]] | None = None


class Lexicon:
    """Names of models, each with the key of its model. `hosts` are the slugs of providers and vendors.

    `ids` are those of offerings: the id, the key of the model, the slug of the provider, and the key of the offering.
    `others` are names of models that are not on record.
    """

    def __init__(
        self, names: Iterable[tuple[str, int]], ids: Iterable[tuple], hosts: Iterable[str], others: Iterable[str] = ()
    ):
        self.hosts, self.dated = WORDS["paths"].union(hosts), {pk for name, pk in names if DATED.search(name)}
        self.exact: dict[str, int] = {}  # as written, for the most similar name
        self.root = Node()
        # Keys of offerings by their id, and by their provider and model.
        self.ids: dict[str, set[int]] = defaultdict(set)
        self.offered: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.weak: set[Words] = set()
        self.shorts: set[str] = set()  # words that begin names without the first word: "Sonnet 4.5"
        self.moving = {pk for name, pk in names if LATEST.search(name)}
        own, derived, begun = (defaultdict(set) for _ in range(3))
        written, spoken = [], {tuple(words_of(LATEST.sub("", name))) for name, _ in names if not OF_ID.search(name)}
        firsts = {name_words[0] for name_words in spoken if name_words[1:] not in spoken and has_number(name_words)}
        self.prefixes = {word for slug in self.hosts for word in words_of(slug)}.union(ORGANISATIONS) - firsts
        for full, pk in sorted(names, key=lambda pair: bool(LATEST.search(pair[0]))):
            name = LATEST.sub("", full)
            if name != full and tuple(words_of(name)) in own:
                name = full  # "gpt-5-chat" and "gpt-5-chat-latest" are two models
            written.append((name, pk))
            self.exact.setdefault(name.lower(), pk)
            if OF_ID.search(name):
                derived[self._bare_words([*bare_ids(name.lower())][-1])].add(pk)
                continue
            name_words = tuple(words_of(name))
            own[name_words].add(pk)
            if FIRST.search(name):
                derived[name_words[:-1]].add(pk)
                derived[*name_words, "0"].add(pk)
            if could_be_ordinary(name) or is_short(name):
                self.weak.add(name_words)
        numbers = defaultdict(set)
        for name_words, keys in own.items():
            for pk in keys:
                numbers[pk].update(word for word in name_words if word[0].isdecimal())
        self._add_short(written, derived)
        self._add_ids(ids, own, numbers, derived)
        for name_words, keys in [*own.items(), *derived.items()]:
            for form in _forms(name_words):
                derived[form] |= keys
        for name_words, keys in [*own.items(), *derived.items()]:
            for end in range(len(name_words) - 1, 0, -1):
                if not LEFT_OUT.fullmatch(name_words[end]):
                    break
                begun[name_words[:end]].update(keys)
        unknown, families = self._others(others, {*own, *derived, *begun})
        for names_by_words in (unknown, derived, own):  # the later ones win
            for name_words, keys in names_by_words.items():
                if name_words[0].isdecimal():
                    continue
                self._node(name_words, is_on_record=names_by_words is not unknown).entry = self._entry(name_words, keys)
        for name_words, keys in begun.items():
            self._node(name_words).begun = self._entry(name_words, keys) if len(name_words) > 1 else None
        own_heads = {name_words[0] for name_words in own if has_number(name_words) and not name_words[0].isdecimal()}
        # Those that are no words, or that numbers follow: "gemini-9", but not "text2".
        followed = {
            name_words[0] for name_words in [*own, *unknown] if len(name_words) > 1 and name_words[1].isdecimal()
        }
        self.sure = own_heads & followed | own_heads - ENGLISH
        numbered = Counter(name_words[0] for name_words in unknown if has_number(name_words))
        many = {word for word in families if self._is_rare(word) or numbered[word] >= MOST_COMMON}
        self.heads = (own_heads | self.shorts | many) - self.prefixes
        self.sure |= {word for word in many - self.prefixes if self._is_rare(word)}
        self.families = {name_words[0] for name_words in own} | families - WORDS["common"] - self.prefixes
        used = Counter(word for name_words in unknown for word in {*name_words})
        self.words = {word for name_words in [*own, *derived] for word in name_words} | self.families
        self.words |= {word for word, count in used.items() if count > 1 and len(word) >= SHORTEST}
        for family in self.families:
            self._node((family,))
        followers = {
            word for name_words in [*own, *derived] for word in name_words[1:] if word.isalpha() and len(word) > 2
        }
        self.followers = followers - self.heads

    def _others(self, names: Iterable[str], known: Set[Words]) -> tuple[dict[Words, set[int]], set[str]]:
        """Return names that are not on record, by their words, with keys below 0; and the words that begin names.

        Names of ordinary words and numbers have other meanings, so they are weak.
        """
        unknown, firsts = defaultdict(set), defaultdict(set)
        for place, name in enumerate(names, start=1):
            bare = [*bare_ids(name.lower())][-1]
            name_words = self._bare_words(bare)
            for word in name_words:
                firsts[word].add(name_words[0])
            forms = {name_words, self._bare_words(without_service(bare))}
            if name_words[-2:] == ("1", "0"):
                forms.add(name_words[:-1])  # "nova-pro-v1.0"
            if name_words[:-1] in BUILT and BUILD.fullmatch(f"-{name_words[-1]}"):
                forms.add(name_words[:-1])
            if name_words[0] in self.prefixes or not known.isdisjoint(forms):
                continue
            if name_words[0] not in WORDS["common"] or has_number(name_words[1:]):
                unknown[name_words].add(-place)
                if len(name_words) < 3 and ENGLISH.issuperset(word for word in name_words if not word.isdecimal()):
                    self.weak.add(name_words)
        families = {word for word, others in firsts.items() if word in others and len(others) <= MOST_FIRSTS}
        alike = {word for word, others in firsts.items() if len(others) <= MOST_FIRSTS and word not in ENGLISH}
        beginnings = {name_words[0] for name_words in known}
        self.telling = {word for word in alike - beginnings - self.prefixes if word.isalpha() and len(word) > 2}
        ordinary = {
            name_words for name_words in unknown if len(name_words) == 1 and not self.telling.issuperset(name_words)
        }
        return {name_words: keys for name_words, keys in unknown.items() if name_words not in ordinary}, families

    def _add_short(self, written: list[tuple[str, int]], derived: dict) -> None:
        """Add "Sonnet 4.5" for "Claude Sonnet 4.5", if no other name has the word. "Sonnet 5" is also a poem."""
        firsts, shorter = defaultdict(set), defaultdict(set)
        for name, pk in written:
            name_words = words_of(name)
            for word in name_words[1:]:
                firsts[word].add(name_words[0])
            if (
                len(name_words) > 2
                and name_words[1].isalpha()
                and len(name_words[1]) > 3
                and name_words[2][0].isdecimal()
            ):
                shorter[tuple(name_words[1:])].add(pk)
                if "." not in name and len(name_words) == 3:
                    self.weak.add(tuple(name_words[1:]))
        for name_words, keys in shorter.items():
            if len(firsts[name_words[0]]) == 1:
                derived[name_words] |= keys
                self.shorts.add(name_words[0])

    def _add_ids(self, ids: Iterable[tuple], own: dict, numbers: dict[int, set[str]], derived: dict) -> None:
        """Add ids of offerings. One that a single provider has, with a version that no name of the model has, is not
        believed: it may be an error."""
        models, hosts = defaultdict(set), defaultdict(set)
        for api_id, pk, host, offering in ids:
            api_id = api_id.lower()
            self.ids[api_id].add(offering)
            self.offered[host, pk].add(offering)
            for bare in bare_ids(api_id):
                name_words = self._bare_words(LATEST.sub("", bare))
                models[name_words].add(pk)
                hosts[name_words].add(host)
        for name_words, keys in models.items():
            # "databricks-gemini-3-1-flash-lite" is doubted, too, if there it is bound to the preview.
            versions = {word for word in name_words if word[0].isdecimal() and not HARMLESS.fullmatch(word)}
            is_clear = len(keys) == 1 and keys <= own.get(name_words, keys)
            if is_clear and (len(hosts[name_words]) > 1 or versions <= numbers[min(keys)]):
                derived[name_words] |= keys

    def _bare_words(self, api_id: str) -> Words:
        """Return the words of an id without those of providers and vendors in front."""
        name_words = words_of(api_id)
        start = next((at for at, word in enumerate(name_words[:-1]) if word not in self.prefixes), 0)
        return tuple(name_words[start:])

    def _node(self, name_words: Words, *, is_on_record: bool = True) -> Node:
        node = self.root
        for word in name_words:
            node = node.setdefault(word, Node())
            node.is_on_record |= is_on_record
        return node

    def _entry(self, name_words: Words, keys: set[int]) -> Entry:
        """Return what a name means; if versions share it, that of the one without a date: "claude-sonnet-4"."""
        if len(keys) > 1:
            keys = keys - self.dated
        model = min(keys) if len(keys) == 1 else None
        is_code = len(name_words) == 2 and max(map(len, name_words)) < SHORTEST  # "K2-5" is also a part of a machine
        return Entry(
            model if model is None or model > 0 else None, name_words in self.weak or len(name_words) == 1 or is_code
        )

    def of_tag(self, name_words: Iterable[str], size: str, rest: str) -> Entry | None:
        """Return which model a name means with a tag: "phi4:14b" is Phi-4, "deepseek-r1:70b" is not R1.

        It is the one whose further words are those of the tag, in any order; else the only one that has them all, and
        no other version. A size counts only if names that go on have sizes.
        """
        node = self.root
        for word in name_words:
            node = node.get(word, Node())
        if node.forms is None:
            node.forms = [({*form}, entry.model, is_on_record) for form, entry, is_on_record in _below(node)]
            if node.entry and not node.entry.is_weak and node.entry.model not in self.moving:
                node.forms.append((set(), node.entry.model, True))
        forms = node.forms
        wanted = {word for word in words_of(without_service(rest)) if not HARMLESS.fullmatch(word)}
        is_sized = any(SIZE.fullmatch(word) for form, _, is_on_record in forms if is_on_record for word in form)
        wanted.update(words_of(size) if is_sized else ())
        added = [(form - wanted, model, is_on_record) for form, model, is_on_record in forms if wanted <= form]
        models = {model for name_words, model, _ in added if all(map(HARMLESS.fullmatch, name_words))}
        if not models and is_sized:
            models = {model for name_words, model, is_on_record in added if is_on_record and not has_number(name_words)}
        return Entry(models.pop()) if len(models) == 1 else None

    def nearest(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return those of `names` that look like models, each with the key of the model with the most similar name."""
        alike_by_name = {}
        for name in names:
            if not (self.is_like_a_name(name) or (name[-2:] == "-*" and name[:-2] in self.families)):
                continue
            first = words_of(name)[0]
            alike = [one for one in self.exact if one.startswith(first)]
            best = process.extractOne(name.removesuffix("-*"), alike, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
            alike_by_name[name] = best and self.exact[best[0]]
        return alike_by_name

    def without_own_words(self, token: str) -> str:
        """Return "gpt-4o-*" for "gpt-4o-acme": words that no model has may be a client's or a secret."""
        if self.names_another(words_of(token)):
            return token
        start, first_number, numbers = 0, 0, 0
        undated = len(DATED.sub("", token))
        for piece in SEPARATOR.split(token.removesuffix("-*")):
            is_number = piece.isdecimal()
            if not numbers:
                first_number = start
            numbers = numbers + 1 if is_number and start < undated else 0
            if not (piece in self.words or OF_SIZE.fullmatch(piece) or self.words.issuperset(words_of(piece))):
                if numbers > MOST_NUMBERS:
                    return f"{token[:first_number].rstrip('._-')}-*"
                if not is_number or len(piece) > 4:
                    return f"{token[:start].rstrip('._-')}-*"
            start += len(piece) + 1
        return token

    def is_like_a_name(self, token: str) -> bool:
        """Return whether it is a name such as "gpt-4o-max" or "claude-sonnet-9", with no word that no model has."""
        name_words = words_of(token)
        if not name_words or not NAME.fullmatch(token) or self.without_own_words(token) != token:
            return False
        if (
            len(name_words) > 1
            and has_number(name_words)
            and name_words[0] in self.heads
            and self._is_version(*name_words[:2])
        ):
            return True
        if name_words[0] in self.families and any(map(OF_SIZE.fullmatch, name_words)):
            return True
        return self.names_another(name_words)

    def _is_rare(self, word: str) -> bool:
        """Return whether a word has no other meaning than the name of a family, as abbreviations have."""
        return len(word) >= LONG and word in self.telling

    def _is_version(self, head: str, word: str) -> bool:
        """Return whether a word may follow the first one of a family: "gpt-12" and "o3-200" are parts of machines."""
        if word in self.root.get(head, ()):
            return True
        if word.isdecimal():
            return len(word) not in {2, 3} or word[0] == "0"
        return head not in ENGLISH

    def is_name(self, name_words: Iterable[str]) -> bool:
        """Return whether the words are a whole name."""
        node = self.root
        for word in name_words:
            node = node.get(word, Node())
        return node.entry is not None

    def names_another(self, name_words: Sequence[str]) -> bool:
        """Return whether the words are a name that is not on record, or begin as such names do.

        A beginning has three words, a number, or a word that is in no names of other families.
        """
        name_words = name_words[1:] if name_words[0] in self.prefixes else name_words
        node, depth = self.root, 0
        while depth < len(name_words) and (following := node.get(name_words[depth])) is not None:
            node, depth = following, depth + 1
        if depth == len(name_words) and node.entry and node.entry.model is None:
            return True
        beginning, rest = name_words[:depth], name_words[depth:]
        is_told = (
            depth > 2
            or has_number(beginning)
            or (len(name_words[0]) >= LONG and not self.telling.isdisjoint(beginning))
        )
        return depth > 1 and not node.is_on_record and is_told and self.words.issuperset(rest)


def without_service(api_id: str) -> str:
    """Return an id without how it is served: "gpt-4o-fp8" is gpt-4o."""
    ends = (match.start() for match in TAIL.finditer(api_id) if match.end() == len(api_id))
    return api_id[: next(ends, None)]


def has_number(name_words: Iterable[str]) -> bool:
    return any(letter.isdecimal() for word in name_words for letter in word)


def _below(node: Node) -> Iterator[tuple[Words, Entry, bool]]:
    """Yield the further words of names that go on from a node, with what they mean and whether they are on record."""
    for word, following in node.items():
        if following.entry:
            yield (word,), following.entry, following.is_on_record
        yield from (((word, *name_words), entry, is_on_record) for name_words, entry, is_on_record in _below(following))


def _forms(name_words: Words) -> Iterator[Words]:
    """Yield a name's words also with the version after the first word, at the end, and as Azure writes it: gpt, 35."""
    if re.fullmatch(r"20\d{6}", name_words[-1]):
        yield from ((*form, name_words[-1]) for form in _forms(name_words[:-1]))
        return
    places = [place for place, word in enumerate(name_words) if word[0].isdecimal()]
    if places and places[0] and len(places) == places[-1] - places[0] + 1:
        version, others = name_words[places[0] : places[-1] + 1], name_words[: places[0]] + name_words[places[-1] + 1 :]
        yield from {others[:1] + version + others[1:], others + version} - {name_words}
        if name_words[0] in {"gpt", "claude", "gemini"} and len(places) == 2 and len("".join(version)) == 2:
            yield (name_words[0], "".join(version), *others[1:])
    for place, word in enumerate(name_words[1:], start=1):
        if word[0].isdecimal() and word[1:] == "o":  # GPT_4_O_MINI
            yield (*name_words[:place], word[0], "o", *name_words[place + 1 :])
        if word[0].isdecimal() and len(name_words[place - 1]) == 1 and name_words[place - 1].isalpha():  # DallE3
            yield (*name_words[: place - 1], name_words[place - 1] + word, *name_words[place + 1 :])
    if any(map(SIZE.fullmatch, name_words)) and any(map(HARMLESS.fullmatch, name_words)):
        yield tuple(word for word in name_words if not HARMLESS.fullmatch(word))
