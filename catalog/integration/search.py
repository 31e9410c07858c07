"""Searches that the catalogue answers by a page: a place on the page of a model, a comparison, a filtered list."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from django.db.models import Value
from django.utils import timezone

from catalog.browse.filters import NAMES
from catalog.compare.selection import LEAST, MODELS
from catalog.models import AIModel, Family, Provider, Vendor
from catalog.rules import search_intent
from catalog.rules.grouping import grouped
from catalog.rules.search_intent import Aspect, Intent, compared, has_version, surplus, tokens, versions
from ops.http.urls import route
from publishing.search.backends import index
from publishing.search.backends.base import Names, rows
from publishing.search.pages import answering
from publishing.search.query import Query
from publishing.search.synonyms import SitePage, site_pages
from publishing.search.vocabulary import suggest

MODEL = AIModel._meta.label_lower
LOOKED_AT = 200  # models that have all words of a name, the latest first
MOST_WORDS = 3  # of the name of a provider
MOST_NAMESAKES = 3  # of which a search has the same part of the name; a word of more, such as “plan”, is no name
TELLING = 4  # letters that are enough for a part of a name
MOST_LEFT_OUT = 2  # words of a name that are left out, one at a time
MOST_BESIDE_FILTER = 2  # beside a filter that counts alone: “transcribe phone calls”
MOST_UNKNOWN = 3  # one of so many terms may name nothing
KINDS = {"vendor": Vendor, "family": Family, "provider": Provider}


class Named(NamedTuple):
    name: str
    slug: str
    surplus: int


class Company(NamedTuple):
    """A vendor, provider or family; `kind` is its key in KINDS."""

    kind: str
    name: str
    slug: str


type Companies = dict[frozenset[str], list[Company]]


def pages_of(query: Query) -> list[SitePage]:
    """Return the pages that answer a search. No query if it says nothing of models, else three for each name."""
    intent = search_intent.read(query)
    is_choice = intent.compares or search_intent.has_choice(query.text)
    if is_choice and (comparison := _comparison(query.text)):
        return [comparison]
    if intent.compares and intent.is_about_models and not intent.name:
        return [SitePage(route("catalog:compare"), "Compare models", "Two to six models side by side.", "")]
    if not intent.name and intent.is_soon and intent.aspect and intent.aspect.anchor == "history":
        return [page for page in site_pages() if page.address == route("catalog:retiring")]
    if not intent.name:
        return [_list(intent)] if intent.narrows else []
    return _of_names(intent) if intent.says_anything or has_version(intent.name) else []


answering.append(pages_of)


def _of_names(intent: Intent) -> list[SitePage]:
    is_of_list = intent.filters or (intent.orders and not intent.aspect)
    model = model_named(intent.wide_name) if has_version(intent.wide_name) or not is_of_list else None
    if model and (not model.surplus or has_version(intent.wide_name)):
        return [_of_model(model, intent.aspect)]
    if model is None and intent.wide_name != intent.name and has_version(intent.name):  # “does GPT-5 read images”
        alone = model_named(intent.name)
        if alone and not alone.surplus:
            return [_of_model(alone, intent.aspect or search_intent.read(Query.parse("capability")).aspect)]
    known, of_model = _by_words(tuple(rows(*_statement()))), [_of_model(model, intent.aspect)] if model else []
    if intent.wide_name != intent.name and (series := _closest(tokens(intent.wide_name), known)):
        return [*map(_of_company, series[:2]), *of_model]  # GPT Image, rather than filtered for images
    runs, rest = _split(intent.name, known)
    # Who asks for a price, or for the data, asks the provider; the models are the vendor's.
    first = "provider" if intent.aspect else "vendor"
    companies = [one for run in runs for one in sorted(run, key=lambda one: one.kind != first)]
    is_about_known = len(rest) <= intent.terms // MOST_UNKNOWN and not has_version(" ".join(rest))
    if is_of_list and is_about_known:
        return [_list(intent, companies)]
    if rest:
        return _of_part(intent, known) or (
            [_list(intent)] if intent.filters and len(rest) <= MOST_BESIDE_FILTER else []
        )
    return [*map(_of_company, companies[:2]), *of_model]


def model_named(name: str) -> Named | None:
    """Return the listed model that is closest to a name, with all its words and versions. Two queries.

    Of several that are as close, and of all without a version, it is the latest.
    """
    query, query_words = Query.parse(name), tokens(name)
    rows = index().names(query, timezone.now(), MODEL, LOOKED_AT) if query else []
    ranks = {row.source_id: rank for row in rows if (rank := _rank(query_words, row)) is not None}
    least = min(ranks.values(), default=(0, False))
    closest = [pk for pk, rank in ranks.items() if rank == least or (least[0] and not has_version(name))]
    listed = AIModel.objects.listed().filter(pk__in=closest).values_list("pk", "name", "slug") if closest else []
    models = {pk: Named(title, slug, ranks[pk][0]) for pk, title, slug in listed}
    return next((models[pk] for pk in closest if pk in models), None)


def _rank(query_words: tuple[str, ...], row: Names) -> tuple[int, bool] | None:
    """Return how many words the closest name has beside a query’s, and whether it is not the title; None for none."""
    of_title, of_all = surplus(query_words, [row.title]), surplus(query_words, [row.title, *row.others.split("\n")])
    return None if of_all is None else (of_all, of_all != of_title)


@cache
def _statement() -> tuple[str, tuple]:
    """Return the query for vendors, families and providers with its parameters: Django takes longer to compose it than
    a database to answer it."""
    first, *others = (
        table.objects.published().order_by().values_list(Value(kind), "name", "slug") for kind, table in KINDS.items()
    )
    return first.union(*others, all=True).query.sql_with_params()


@lru_cache(1)
def _by_words(rows: tuple[tuple[str, str, str], ...]) -> Companies:
    """Return them by the words of their names, and of their addresses."""
    named = ((Company(*row), {frozenset(tokens(row[1])), frozenset(tokens(row[2]))}) for row in rows)
    return grouped((name_words, company) for company, names in named for name_words in names)


def _closest(query_words: tuple[str, ...], companies_by_words: Companies) -> list[Company]:
    """Return those whose name or address has all words of a query and the fewest others."""
    wanted = frozenset(query_words)
    numbers = {
        name_words: len(name_words) - len(wanted)
        for name_words in companies_by_words
        if wanted and wanted <= name_words
    }
    if len("".join(wanted)) < TELLING:
        numbers = {name_words: 0 for name_words, number in numbers.items() if not number}
    least = min(numbers.values(), default=0)
    nearest = dict.fromkeys(
        company
        for name_words, number in numbers.items()
        if number == least
        for company in companies_by_words[name_words]
    )
    return [] if least and len(nearest) > MOST_NAMESAKES else [*nearest]


def _split(name: str, companies_by_words: Companies) -> tuple[list[list[Company]], list[str]]:
    """Return the companies that are named, of each place the closest, and the words that name none."""
    words = name.split()
    runs, rest, place = [], [], 0
    while place < len(words):
        ends = range(min(len(words), place + MOST_WORDS), place, -1)
        closest = ((end, _closest(tokens(" ".join(words[place:end])), companies_by_words)) for end in ends)
        end, companies = next(((end, companies) for end, companies in closest if companies), (place + 1, []))
        if companies:
            runs.append(companies)
        else:
            rest += words[place:end]
        place = end
    return runs, rest


def _of_part(intent: Intent, companies_by_words: Companies) -> list[SitePage]:
    """Return the pages of a model that is named beside a company, “GPT-4o on Azure”, or beside a word without meaning.

    Two queries for each word that is left out.
    """
    words = intent.name.split()
    companies_by_word = {word: _closest(tokens(word), companies_by_words) for word in words if not has_version(word)}
    beside = {word: serving for word, companies in companies_by_word.items() if (serving := _serving(companies))}
    others = {word: [] for word, companies in companies_by_word.items() if not companies}
    return _without(beside, intent) or _of_misspelt(intent) or _without(others, intent)


def _serving(companies: list[Company]) -> list[Company]:
    return [company for company in companies if company.kind != "family"]


def _without(left_out: dict[str, list[Company]], intent: Intent) -> list[SitePage]:
    for word, companies in [*left_out.items()][:MOST_LEFT_OUT]:
        name = " ".join(other for other in intent.name.split() if other != word)
        is_name = any(len(token) > 1 and token.isalpha() for token in tokens(name))
        if is_name and (model := model_named(name)):
            return [_of_model(model, intent.aspect), *map(_of_company, companies[:1])]
    return []


def _of_misspelt(intent: Intent) -> list[SitePage]:
    """Return the page of a model whose name, with the same version, has a word that is misspelt."""
    name = intent.wide_name
    corrected = suggest(Query.parse(name), timezone.now()) if intent.aspect and has_version(name) else ""
    is_same = corrected and versions(corrected) == versions(name)
    return [_of_model(model, intent.aspect)] if is_same and (model := model_named(corrected)) else []


def _of_model(model: Named, aspect: Aspect | None) -> SitePage:
    address = route("catalog:model", model.slug)
    if aspect is None:
        return SitePage(address, model.name, "Its prices, limits and dates, each with its source.", "")
    return SitePage(f"{address}#{aspect.anchor}", f"{model.name}: {aspect.label}", aspect.text, "")


def _of_company(company: Company) -> SitePage:
    text = {"provider": "Its models and their prices.", "vendor": "Its models.", "family": "The models of this series."}
    return SitePage(route(f"catalog:{company.kind}", company.slug), company.name, text[company.kind], "")


def _list(intent: Intent, companies: Iterable[Company] = ()) -> SitePage:
    """Return the list of models with the filters of a search, of the first company that it names."""
    company = next(iter(companies), None)
    company_by_parameter = {"q" if company.kind == "family" else company.kind: company} if company else {}
    where = {
        kind: company.name if kind == "q" else company.slug for kind, company in company_by_parameter.items()
    } | intent.where
    labels = [
        f"{'at' if kind == 'provider' else 'of'} {company.name}" for kind, company in company_by_parameter.items()
    ]
    title = " ".join(["Models", *labels, *(narrowing.label for narrowing in intent.filters)])
    title = ", ".join([title, *(order.label for order in intent.orders[:1])])
    text = "The list of models with these filters, which you can change there."
    in_order = [(name, where[name]) for name in (*NAMES, "sort") if name in where]
    return SitePage(route("catalog:list", query=in_order), title, text, "")


def _comparison(text: str) -> SitePage | None:
    """Return the comparison of the models that are named, if there are two."""
    intents = [search_intent.read(Query.parse(part)) for part in compared(text)]
    models = [model for intent in intents if intent.wide_name and (model := model_named(intent.wide_name))]
    models = list({model.slug: model for model in models}.values())
    if len(models) < LEAST:
        return None
    address = route("catalog:compare", query=[(MODELS[0], model.slug) for model in models])
    title = f"Compare {', '.join(model.name for model in models[:-1])} and {models[-1].name}"
    return SitePage(address, title, "Cost, limits, last day and sources side by side.", "")
