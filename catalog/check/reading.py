"""Read the names of models in one text, word by word.

A text is never stored, and never part of a query or a message: it may contain secrets.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.views.decorators.debug import sensitive_variables

from catalog.check.hosts import MOST_PLACES, Hosts
from catalog.check.lexicon import (
    BUILD,
    BUILT,
    ENGLISH,
    HARMLESS,
    SIZE,
    TAG,
    TAIL,
    WORDS,
    Entry,
    Node,
    Words,
    has_number,
)
from catalog.check.text import LONGEST, MOST_JUDGED, OF_MODEL, Mention, Text
from catalog.rules.spelling import words_of

MOST_TOKENS = 10_000  # names of a text that are listed or counted; no file written by people has as many
LONGEST_RUN = 1_000  # letters of an address or path with ids in it
MOST_WORDS = 16  # of one name, with its date and service
RUN = re.compile(r"[a-z0-9][a-z0-9._:@/-]*")
SEPARATOR = re.compile(r"[/:]")
TIGHT = frozenset(["", "-", ".", ":", "@", "--"])
LOOSE = frozenset([" ", " (", "-(", " -", " (-"])
SIZED = re.compile(
    r"(?:[ -]?\d\.?\d?)?[ :-]\d+(?:\.\d+)?[bm](?![a-z0-9])"
)  # "Falcon 180B", "tinyllama:1.1b", "chatglm2-6b"
NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})?(?![\w%.,]*\d|[%:])")
FILE = re.compile(r"\.(?:py|[jt]sx?|md|json|ya?ml|txt|toml|html?|css|com|ai)\b")
PACKAGE = re.compile(
    r"[\w.-]{,60}(?:/-/|\.tgz|\.whl|[ :]v?\d+\.\d+\.\d| \((?:~> )?\d+\.\d+\.\d)"
    r"|[\w-]{,60}[\"'\]]{,2}\s?"
    r"(?:[=~<>!]=|:\s?[\"'][\^~>=<]{,2}\d+\.\d+\.|@[\^~]?\d+\.\d|-\d+\.\d+\.\d+\.t)"
)
SECRET = re.compile(r"(?:secret|passw|token(?!s)|credential|hash|[-_]key)[\w-]{,30}[\"']?\s?[:=]")
# A setting, a command or a quoted module right before, and a size of a thing right after.
NO_NAME = re.compile(
    r"parser[\s=:]{1,3}[\"']?\Z|(?:from|import|gem) ?[\"'][^\"'\n]{,60}\Z"
    r"|\b(?:pip3?|npm|pnpm|yarn|bun|uv|poetry|cargo|gem|composer) (?:i|install|add|get|require) [^\n]{,60}\Z"
)
UNIT = re.compile(r"\s\(?(?:\d+(?:[.,]\d+)?\s?)?(?:mm|cm|km|kg|mg|ml|inch(?:es)?|ft|kw|hp|litres?)\b|\s[mg]\b")
# Blocks of lock files and lists of packages, where only settings name models.
MANIFEST = re.compile(
    r"lockfile|\"(?:dev|peer)?dependencies\"|\[\[package\]\]|\n[ \t]+(?:resolved \"|specs:)|integrity[:\"\s]{1,4}sha\d"
    r"|hash=sha|\sh1:|<artifactid>|packagereference|\n[a-z][\w.-]{1,40}(?:\[[\w,-]{1,40}\])?[=~>]=\d"
)
LISTED = re.compile(r" ?/ ?|, ?| ?& ?")
BEFORE, USES, VARIANTS, ORDINARY, BETWEEN = (
    WORDS[kind] for kind in ("before", "uses", "variants", "ordinary", "between")
)


class Found(NamedTuple):
    """The keys of models, other names that look like models, the keys of the offerings at the hosts that a text names,
    and pairs of a model and the slug of such a host that has no offering of it on record."""

    models: set[int]
    unknown: list[str]
    offers: set[int]
    without_offer: set[tuple[int, str]]


class Reading(Text):
    """The names in one text."""

    @sensitive_variables()
    def found(self) -> Found:
        self.weak_ones = Counter()
        self.manifests = {bisect_right(self.blocks, match.end() - 1) for match in MANIFEST.finditer(f"\n{self.low}")}
        self.noted: list[Mention] = []
        self.mentions = mentions = self._meant([*self._mentions(), *self.noted])
        places = [
            (self.spans[one.start][0], self.spans[one.end][1], one.entry.model) for one in mentions if one.entry.model
        ]
        models = {model for _, _, model in places}
        hosts = Hosts(self.text, self.sentences, self.blocks, self.lexicon.hosts, self.lexicon.offered)
        pairs = {(model, slug) for model, slugs in hosts.of(places[:MOST_PLACES]).items() for slug in slugs}
        by_id = set().union(*(self.lexicon.ids.get(api_id, ()) for api_id in self._ids())) if pairs else set()
        offers, without_offer = set(), set()
        for model, slug in pairs:
            offered = hosts.offers(slug, model)
            offers |= (offered & by_id) or offered
            if not offered:
                without_offer.add((model, slug))
        unknown = {*self._unknown(one for one in mentions if one.entry.model is None)}
        return Found(models, sorted(unknown)[:MOST_TOKENS], offers, without_offer)

    def is_one_name(self, start: int) -> bool:
        """Return whether all from the place `start` on is one name that was found, with its host and service."""
        if len(self.mentions) != 1:
            return False
        [mention] = self.mentions
        before, after = self.low[start : self.spans[mention.start][0]], self.low[self.spans[mention.end][1] :]
        is_path = " " not in before.strip() or self.lexicon.prefixes.issuperset(words_of(before))
        return is_path and (not after.strip() or TAIL.fullmatch(after) is not None)

    def _ids(self) -> Iterator[str]:
        """Yield what may be an id of an offering: runs without spaces, and their ends after a slash or colon."""
        for run in {run.rstrip(".:/-_") for run in RUN.findall(self.ids) if len(run) <= LONGEST_RUN}:
            for sign in SEPARATOR.finditer(run):
                if len(run) - sign.end() <= LONGEST:
                    yield run[sign.end() :]
            yield run

    def _mentions(self) -> Iterator[Mention]:
        place, whole, last = 0, (), 0  # the words of the name before, and where it ended
        while place < len(self.words):
            if whole and place - last <= 2 and (shared := self._shared(whole, place)):
                mention, whole = shared
                yield mention
                last = place = mention.end
            elif self.words[place] in self.lexicon.root and self._begins(place):
                mention, end = self._at(place)
                if mention:
                    yield mention
                    whole, last = tuple(self.words[place : mention.end + 1]), mention.end
                place = end
            place += 1

    def _begins(self, place: int) -> bool:
        """Return whether a name may begin here: not within "mygpt-4" or "dolphin-llama-3", but in "us-gpt-4"."""
        while place and self._gap(place - 1) in {"", "-", "--"}:
            place -= 1
            if self.words[place] not in BEFORE and self.words[place] not in self.lexicon.prefixes:
                return False
        return not (place and self._gap(place - 1) == "." and self.words[place - 1][0].isdecimal())

    def _goes_on(self, place: int) -> bool:
        """Return whether a name may go on after a word."""
        gap = self._gap(place)
        if gap in TIGHT:
            # "eu.anthropic.claude" and "gpt-4.py" are not one name, "gpt-4.1" and "qwen3:4b" are.
            return gap not in {".", ":"} or self.words[place + 1][0].isdecimal()
        if gap not in LOOSE:
            return False
        one, other = self.words[place : place + 2]
        return not (one.isdecimal() and other.isdecimal() and len(other) < 4)

    def _is_dotted(self, place: int) -> bool:
        """Return whether a vendor's name and a number follow each other as in "us.deepseek.r1"."""
        return self._gap(place) == "." and any(sign.isdecimal() for sign in self.words[place + 1])

    def _walk(self, place: int, node: Node) -> tuple[int, Node, int, Node | None]:
        """Return the last word that continues a name and its node, and the last at which a name ends and its node."""
        end, last, best, best_node = place, node, -1, None
        if node.entry:
            best, best_node = place, node
        at = place
        while at - place < MOST_WORDS and (self._goes_on(at) or (at == place and self._is_dotted(at))):
            if self._gap(at) == ":" and TAG.match(self.low, self.spans[at][1]):
                break
            word = self.words[at + 1]
            if (following := last.get(word)) is None:
                if not (HARMLESS.fullmatch(word) and self._gap(at) in TIGHT):
                    break
                at += 1
                continue
            last, at = following, at + 1
            if last.entry or last.is_on_record or best < place:
                end = at
            if last.entry:
                best, best_node = at, last
        return end, last, best, best_node

    def _at(self, place: int) -> tuple[Mention | None, int]:
        """Return the name that begins here, if it is on record, and its last word; others are noted as unknown."""
        end, node, best, best_node = self._walk(place, self.lexicon.root[self.words[place]])
        entry = best_node.entry if best_node is not None else None
        if end > best:
            between = range(max(best, place), end)
            is_version = any(self.words[at + 1][0].isdecimal() for at in between)
            is_tight = all(self._gap(at) in TIGHT for at in between)
            if entry and not (is_version or is_tight or self._is_variant(best + 1)):
                end = best
            else:
                entry = node.begun
        return self._judged(place, end, entry)

    def _judged(self, place: int, end: int, entry: Entry | None) -> tuple[Mention | None, int]:
        start, stop = self.spans[place][0], self.spans[end][1]
        tag = TAG.match(self.low, stop) if self._gap(end) == ":" or (entry and entry.model) else None
        if tag and len(tag[0]) <= LONGEST:
            entry, stop = self.lexicon.of_tag(self.words[place : end + 1], tag["size"], tag["rest"]), tag.end()
            while end + 1 < len(self.words) and self.spans[end + 1][1] <= stop:
                end += 1
        following = TAIL.match(self.low, stop)
        is_built = tuple(self.words[place : end + 1]) in BUILT
        if is_built and (build := BUILD.match(self.low, stop)):
            following = TAIL.match(self.low, build.end()) or build
        after = following.end() if following else stop
        if following and "instruct" in following[0] and not any(map(SIZE.fullmatch, self.words[place : end + 1])):
            entry = None  # "gpt-3.5-turbo-instruct" is not GPT-3.5 Turbo
        date = following and following.groupdict().get("date")
        if entry and entry.model and date and entry.model in self.lexicon.dated:
            entry = None
        last = end
        while last + 1 < len(self.words) and self.spans[last + 1][1] <= after:
            last += 1
        is_whole = after == stop or last == end or self.spans[last][1] == after
        is_cut = last + 1 < len(self.words) and self._gap(last) in TIGHT and self._goes_on(last)
        if entry and entry.model and is_whole and not is_cut and (after > stop or not self._continues(place, end)):
            if entry.is_weak:
                self.weak_ones[entry] += 1  # no more are judged, so that long lists of one word take no time
            if self.weak_ones[entry] > MOST_JUDGED or self._is_package(start, after):
                return None, last
            return Mention(place, end, self._weighed(place, end, entry)), last
        return None, self._note(place, end, entry)

    def _weighed(self, place: int, end: int, entry: Entry) -> Entry:
        """Return a name with spaces as a weak one, if it is "O3 mini" or in lower case after an ordinary word."""
        is_said = any(self._gap(at) == " " for at in range(place, end))
        first = self.text[self.spans[place][0]]
        is_thing = (self.words[place] in ORDINARY and first.islower()) or (len(self.words[place]) == 2 and first == "O")
        return entry._replace(is_weak=True) if is_said and is_thing else entry

    def _is_variant(self, place: int) -> bool:
        """Return whether a word after a space makes another model of the one before it."""
        word = self.words[place]
        is_capital = self.text[self.spans[place][0]].isupper()
        return word in VARIANTS or (is_capital and word in self.lexicon.followers and word not in USES)

    def _continues(self, place: int, end: int) -> bool:
        """Return whether what follows after a space makes it another model: "GPT 5 mini", "Sora 4"."""
        if end + 1 >= len(self.words) or self._gap(end) not in {" ", " -"}:
            return False
        if any(word[0].isdecimal() for word in self.words[place : end + 1]):
            return self._is_variant(end + 1) or bool(SIZE.fullmatch(self.words[end + 1]))
        return self._is_variant(end + 1) or bool(NUMBER.match(self.low, self.spans[end + 1][0]))

    def _note(self, place: int, end: int, entry: Entry | None) -> int:
        """Note a name that is not on record; return its last word."""
        first, start, last = self.words[place], self.spans[place][0], end
        is_other = entry is not None and entry.model is None
        is_sized = first in self.lexicon.families and SIZED.match(self.low, self.spans[place][1])
        if place == end and (first not in self.lexicon.heads or first in BEFORE) and not is_sized and not is_other:
            return end
        while last + 1 < len(self.words) and last - place < MOST_WORDS:
            is_tight = self._gap(last) in TIGHT - {"@"} and self._goes_on(last)
            is_more = self._gap(last) in {" ", " -"} and (last > place or self.text[start].isupper())
            if not is_tight and not (is_more and self._continues(place, last)):
                break
            last += 1
        if is_sized and self.spans[last][1] < is_sized.end():
            while last + 1 < len(self.words) and self.spans[last + 1][1] <= is_sized.end():
                last += 1
        stop = self.spans[last][1]
        is_said = any(self._gap(at) == " " for at in range(place, last))
        if is_said and first in ORDINARY and not is_sized:
            return last
        has_number = any(sign.isdecimal() for sign in self.low[start:stop])
        if not has_number and (last > end or (is_said and self.text[start].islower())):
            return last
        is_numbered = any(sign.isdecimal() for sign in self.low[start : self.spans[end][1]])
        if (
            is_other
            and is_said
            and last > end
            and not is_numbered
            and not any(map(SIZE.fullmatch, self.words[end : last + 1]))
        ):
            return last  # "Claude Code 2.0" is a version of a program
        if first in self.lexicon.shorts and "." not in self.low[start:stop]:
            return last
        if is_said and last == place + 1 and first in self.lexicon.sure and self.words[last] in ENGLISH - VARIANTS:
            return last  # "Claude Code" is a program
        is_weak = not is_sized and self._is_ordinary(place, last, is_said and not has_number)
        if is_weak and self._is_vendor(place - 1):
            place, is_weak = place - 1, False  # "ElevenLabs Multilingual v2"
        if len(self.noted) < MOST_TOKENS and stop - start <= LONGEST and not self._is_package(start, stop):
            self.noted.append(Mention(place, last, Entry(None, is_weak)))
        return last

    def _is_ordinary(self, place: int, last: int, is_said: bool) -> bool:
        """Return whether a name that is not on record has other meanings: "Silk Road", "step-3", "conv1"."""
        words = self.words[place : last + 1]
        is_english = ENGLISH.issuperset(word for word in words if not word.isdecimal())
        if words[0] in self.lexicon.sure and len(words) > 1:
            return ENGLISH.issuperset(words[1:])  # "claude-code" is a program
        if words[0] in ENGLISH and not self.lexicon.is_name(words):
            return True
        is_short = len(words) == 1 or (len(words) == 2 and words[1].isdecimal())
        return is_short or (is_english and (is_said or len(words) == 2))

    def _is_vendor(self, place: int) -> bool:
        """Return whether a word is a vendor right before a name."""
        if place < 0 or self.words[place] not in self.lexicon.prefixes - USES:
            return False
        return self._gap(place) == "-" or (self._gap(place) == " " and self.text[self.spans[place][0]].isupper())

    def _unknown(self, mentions: Iterable[Mention]) -> Iterator[str]:
        """Yield the names that are not on record, without words that no model has."""
        for one in mentions:
            written = self.low[self.spans[one.start][0] : self.spans[one.end][1]]
            name = self.lexicon.without_own_words(re.sub(r"[^a-z0-9.:]+", "-", written).replace(":", "-"))
            if self.lexicon.is_like_a_name(name):
                yield name
            elif has_number(self.words[one.start : one.end + 1]) and self._is_value(one):
                yield f"{self.words[one.start]}-*"  # "kimi-k9" of "model: kimi-k9", without what may be a secret

    def _is_value(self, one: Mention) -> bool:
        """Return whether it is the value of a setting for models, and begins with the word of a family."""
        start = self.spans[one.start][0]
        is_family = self.words[one.start] in self.lexicon.families
        return is_family and OF_MODEL.search(self.low, max(0, start - LONGEST), start) is not None

    def _is_package(self, start: int, stop: int) -> bool:
        """Return whether it is the name of a file, a package with its version, a part of a secret, or a thing."""
        line = self.low[max(0, start - LONGEST) : start].rpartition("\n")[2]
        if FILE.match(self.low, stop) or PACKAGE.match(self.low, stop, stop + LONGEST):
            return True
        if SECRET.search(line) or NO_NAME.search(line) or UNIT.match(self.low, stop, stop + 30):
            return True
        return bool(self.manifests) and bisect_right(self.blocks, start) in self.manifests and not OF_MODEL.search(line)

    def _shared(self, whole: Words, place: int) -> tuple[Mention, Words] | None:
        """Return the name that shares its beginning with the one before, and its words: "GPT-4.1/mini", "Llama 3.1 8B
        and 70B"."""
        gap = self._gap(place - 1)
        is_slash = gap.strip() == "/"
        if not (LISTED.fullmatch(gap) or (gap == " " and self.words[place - 1] in BETWEEN)):
            return None
        if self.words[place].isdecimal() and self._gap(place) != "." and not is_slash:
            return None
        for cut in range(len(whole) if is_slash else len(whole) - 1, 0, -1):
            node = self.lexicon.root
            for word in whole[:cut]:
                node = node.get(word, Node())
            if (following := node.get(self.words[place])) is not None:
                end, _, best, best_node = self._walk(place, following)
                if best == end and best_node is not None and best_node.entry and self._gap(end) not in TIGHT:
                    words = (*whole[:cut], *self.words[place : end + 1])
                    return Mention(place, end, best_node.entry._replace(is_weak=False)), words
        return None
