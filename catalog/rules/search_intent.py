"""Read a search: the aspect of a model, the filters and the order that it names, and what may be a name.

The words are in search_intent.toml. The time grows with the number of terms, which `Query` limits.
"""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from ops.toml_files import toml_beside
from publishing.search.query import Query, Term
from publishing.search.words import STOP_WORDS, fold

MOST_TERMS = 4  # terms of a phrase
MOST_COMPARED = 6
NAMES = 8_192  # whose words are kept, since searches compare the same ones again
LARGEST_CONTEXT = (("sort", "-context"),)
SIZES = {"k": 1_000, "m": 1_000_000}
# A size in full: 1 million, one million, 200,000 or 200000; not the date or the number of a version.
LONG_SIZE = re.compile(
    r"(?<![\w.,-])(?:(?P<digits>\d{1,3}(?:[,.]\d{3})+|\d{1,3}(?: 000)+|\d{5,7})|"
    r"(?P<amount>\d+(?:[.,]\d+)?|one|a) ?(?P<unit>million|mio|thousand))(?![\w-])"
)
# The unit of a price, which is no size of a context window: per 1M tokens, pro 1 Mio. Token, par million de tokens.
UNIT = re.compile(
    r"(?:/ ?|\b(?:per|pro|par) )(?:(?:1|one|a|un) ?)?(?:m|mio\.?|million|1[,. ]?000[,. ]?000)"
    r"(?: de)?(?: ?tok(?:en)?s?)?\b"
)
# A time from today on: in the next six months, next year, in den nächsten 6 Monaten, le mois prochain.
NUMBER = "(?:\\d+|few|two|three|six|twelve|drei|sechs|zwolf|trois|douze)"
PERIOD = "(?:days?|weeks?|months?|quarters?|years?|monat(?:en?)?|jahr(?:en?)?|mois|annees?)"
SOON = re.compile(
    rf"\b(?:next|coming|nachste[nrs]?|kommende[nrs]?|prochaine?s?)(?: {NUMBER})? {PERIOD}\b"
    rf"|\b(?:{NUMBER} )?(?:prochaine?s? {PERIOD}|{PERIOD} prochaine?s?)\b"
)
SEPARATOR = re.compile(
    r"[,;&+]|\b(?:and|or|vs|versus|with|to|against|than|between|und|oder|mit|gegen|et|ou|avec|contre)\b"
)
EITHER = re.compile(r"\b(?:vs|versus|or|oder|ou)\b")
# Numbers with a dot or hyphen between them are one version: 4.5, also in the ID claude-sonnet-4-5; but not 3-8b.
TOKEN = re.compile(r"\d+(?:[.-]\d+(?!\d*[^\W\d_]))*|[^\W\d_]+")


@dataclass(frozen=True)
class Aspect:
    """A part of the page of a model: `anchor` is its place there."""

    anchor: str
    label: str
    text: str


@dataclass(frozen=True)
class Narrowing:
    """Query parameters of the list of models, filters or an order; `label` follows the word “models”."""

    label: str
    where: tuple[tuple[str, str], ...]


@dataclass
class Intent:
    """A search as read: `name` are the words that mean nothing else, `wide_name` those and the words of filters."""

    name: str = ""
    wide_name: str = ""
    aspect: Aspect | None = None
    filters: list[Narrowing] = field(default_factory=list)
    orders: list[Narrowing] = field(default_factory=list)
    is_about_models: bool = False  # says “model”, or something that is only said of models
    compares: bool = False
    is_soon: bool = False  # names a time from today on
    terms: int = 0

    @property
    def says_anything(self) -> bool:
        return bool(self.aspect or self.filters or self.orders or self.is_about_models)

    @property
    def narrows(self) -> bool:
        return bool(self.filters) or (self.is_about_models and bool(self.orders))

    @property
    def where(self) -> dict[str, str]:
        """Return the query parameters of the list; of two values for a parameter the first."""
        parameters: dict[str, str] = {}
        for narrowing in [*self.filters, *self.orders]:
            for name, value in narrowing.where:
                parameters.setdefault(name, value)
        return parameters


@dataclass
class Meaning:
    """What a phrase may mean, nothing if it only fills. One that `needs_company` filters or sorts only beside others
    about models."""

    aspect: Aspect | None = None
    filter: Narrowing | None = None
    order: Narrowing | None = None
    needs_company: bool = False
    means_models: bool = False
    compares: bool = False


@cache
def vocabulary() -> dict[tuple[str, ...], Meaning]:
    """Return the meanings of phrases by their roots."""
    sections = toml_beside(__file__, "search_intent.toml")
    meaning_by_roots: dict[tuple[str, ...], Meaning] = {}

    def learn(phrases: list[str], **meaning: Any):
        for phrase in phrases:
            learned = meaning_by_roots.setdefault(_roots(Query.parse(phrase).terms), Meaning())
            for name, value in meaning.items():
                setattr(learned, name, value)

    kinds = [("filter", entry) for entry in sections["filters"]] + [("order", entry) for entry in sections["orders"]]
    narrowings = [(kind, Narrowing(entry["label"], tuple(entry["where"].items())), entry) for kind, entry in kinds]
    for kind, narrowing, entry in narrowings:
        for direction, phrases in sections["phrases"].items():
            learn([phrase.format(noun) for noun in entry.get(direction, []) for phrase in phrases], **{kind: narrowing})
    learn(sections["filler"])
    learn(sections["models"], means_models=True)
    learn(sections["comparison"], compares=True)
    for entry in sections["aspects"]:
        learn(entry.pop("words"), aspect=Aspect(**entry))
    for kind, narrowing, entry in narrowings:
        learn(entry.get("words", []), **{kind: narrowing})
        learn(entry.get("beside", []), **{kind: narrowing, "needs_company": True})
    return meaning_by_roots


@cache
def nicknames() -> dict[str, str]:
    return toml_beside(__file__, "search_intent.toml")["nicknames"]


def read(query: Query) -> Intent:
    """Return what the terms of a search mean: at each place the longest known phrase."""
    intent, terms, names, wide, weak = Intent(), query.terms, [], [], []
    in_short = LONG_SIZE.sub(_short_size, UNIT.sub(" ", text := fold(query.text)))
    plain = SOON.sub(" ", in_short)
    intent.is_soon = plain != in_short
    if plain != text:
        terms = Query.parse(plain).terms
    intent.terms, place = len(terms), 0
    while place < len(terms):
        ends = range(min(len(terms), place + MOST_TERMS), place, -1)
        end = next((end for end in ends if _roots(terms[place:end]) in vocabulary()), place + 1)
        run, place = terms[place:end], end
        meaning = vocabulary().get(_roots(run)) or _of_size(run[0])
        if meaning is None:
            names += run
        else:
            _add(intent, meaning, weak)
        if meaning is None or meaning.filter:
            wide += run
    if weak and (intent.is_about_models or intent.filters or intent.orders or len(weak) > 1):
        intent.filters += weak
    if "context_min" in intent.where:  # “context” belongs to the size
        intent.orders = [order for order in intent.orders if order.where != LARGEST_CONTEXT]
    intent.name, intent.wide_name = _text(names), _text(wide)
    return intent


def _short_size(match: re.Match) -> str:
    """Return a size in thousands of tokens: 1 million is 1000k."""
    if match["digits"]:
        return f"{int(re.sub(r'\D', '', match['digits'])) // SIZES['k']}k"
    amount = float(match["amount"].replace(",", ".")) if match["amount"][0].isdecimal() else 1
    return f"{round(amount * (1 if match['unit'] == 'thousand' else SIZES['k']))}k"


def _of_size(term: Term) -> Meaning | None:
    """Return the filter for a size of the context window, as in “1M context”; it counts beside others."""
    if len(term.parts) != len(("1", "m")) or term.parts[1] not in SIZES or not term.parts[0].isdecimal():
        return None
    number = int(term.parts[0]) * SIZES[term.parts[1]]
    label = f"with a context window of {number:,} tokens or more"
    return Meaning(filter=Narrowing(label, (("context_min", str(number)),)), needs_company=True)


def _add(intent: Intent, meaning: Meaning, weak: list[Narrowing]) -> None:
    intent.aspect = intent.aspect or meaning.aspect
    intent.compares |= meaning.compares
    intent.is_about_models |= meaning.means_models or bool(meaning.order and not meaning.needs_company)
    if meaning.filter:
        (weak if meaning.needs_company else intent.filters).append(meaning.filter)
    if meaning.order:
        intent.orders.append(meaning.order)


def compared(text: str) -> list[str]:
    """Return the parts of a search between “and”, “vs” and the like, at most six."""
    return [part for part in SEPARATOR.split(fold(text)) if part.strip()][: MOST_COMPARED + 1]


def has_choice(text: str) -> bool:
    return EITHER.search(fold(text)) is not None


@lru_cache(NAMES)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words and versions of a name: “ChatGPT 4.1 mini” is gpt, 4.1, mini."""
    return tuple((nicknames().get(token) or token).replace("-", ".") for token in TOKEN.findall(fold(text)))


def versions(name: str) -> set[str]:
    return {token for token in tokens(name) if token[0].isdecimal()}


def has_version(name: str) -> bool:
    return bool(versions(name))


def surplus(query_words: tuple[str, ...], names: list[str]) -> int | None:
    """Return how many words the closest name has beside all of `query_words`, 0 if it is the same; None without any.

    A version is never taken for another one: “Gemini 3” is not Gemini 3.1.
    """
    names_as_words = [tokens(name) for name in names]
    return min(
        (len(name_words) - len(query_words) for name_words in names_as_words if not set(query_words) - set(name_words)),
        default=None,
    )


def _roots(terms: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(part for term in terms for part in term.canonical if part not in STOP_WORDS)


def _text(terms: list[Term]) -> str:
    term_texts = ["-".join(term.parts) for term in terms]
    return " ".join(nicknames().get(term_text, term_text) for term_text in term_texts)
