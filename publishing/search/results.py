"""Search results: hits, counts by kind, and highlighted words."""

import re
from collections import namedtuple
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.text import capfirst

from ops.db.compiled import CompiledQuery, keys, moment
from publishing.content.publishable import Publishable
from publishing.content.registry import kind_named, kinds
from publishing.richtext.reading import SEPARATOR
from publishing.richtext.sentences import sentences, shorten
from publishing.search.backends import find
from publishing.search.entry import SearchText
from publishing.search.highlight import Highlighter, Segments
from publishing.search.query import Query
from publishing.search.vocabulary import suggest
from publishing.search.words import key

MOST = 1_000  # the last result that can be reached by paging
SHORT, LONG = 12, 60  # characters: no sentence, such as the number of a step; words that can stand without their table
ENDED = re.compile('[.!?…。][”"’»)]*$')
READ_FOR_SNIPPET = 30_000  # characters of a text
SUMMARY, FACTS = 330, " · "  # characters of a summary; between the facts of a note, beside which it stands
SHORTEST = 2  # letters of a query that brings suggestions
SHOWN = ("title", "names", "summary", "note")
SHOWN += ("entry_id", "entry__kind", "entry__dated", "entry__source_type_id", "entry__source_id")

Texts = namedtuple("Texts", [*SHOWN, "beginning"])


@dataclass(frozen=True)
class Hit:
    """A result. `also` is another name by which the record was found, if its title does not show why.

    `today` is what `Publishable.facts_today` says; `is_answer` if its title or another name asks the same as the query.
    """

    url: str
    kind: str
    title: Segments
    also: Segments
    snippet: Segments
    note: str
    today: dict[str, str]
    is_answer: bool


@dataclass(frozen=True)
class SearchFacet:
    label: str
    kind: str
    count: int


@dataclass(frozen=True)
class Answer:
    """Hits of the chosen kind; `total` counts all kinds. If `is_partial`, no record has all words: any was enough.

    With a `suggestion` no record has all words of the query, and the hits are those of the suggestion.
    """

    query: Query
    hits: "Hits"
    facets: list[SearchFacet]
    total: int
    is_partial: bool = False
    suggestion: str = ""


def answer(text: str, kind: str, start: int, length: int) -> Answer:
    """Search what is visible now, of one kind or all (""). Any text is valid. Only hits from `start` are fetched."""
    query, at = Query.parse(text), timezone.now()
    if not query:
        return Answer(query, Hits(query, kind, at, {}), [], 0)
    start = min(start, MOST)
    counts, pks = find(query, at, kind, start, length)
    suggestion = "" if counts else suggest(query, at)
    is_partial = not counts and not suggestion and len(query.terms) > 1
    sought = Query.parse(suggestion) if suggestion else query
    if is_partial:
        sought = replace(query, terms=tuple(query.telling_terms), needs_all=False)
    if not counts and (suggestion or is_partial):
        counts, pks = find(sought, at, kind, start, length)
    facets = [
        SearchFacet(capfirst(str(model._meta.verbose_name_plural)), label, counts[label])
        for model in kinds()
        if (label := model._meta.label_lower) in counts
    ]
    hits = Hits(sought, kind, at, counts, {start: pks})
    facets.sort(key=attrgetter("count"), reverse=True)
    return Answer(query, hits, facets, sum(counts.values()), is_partial, suggestion)


def first_hits(text: str, length: int) -> list[Hit]:
    """Return the best hits while a query is typed, without other spellings."""
    query, at = Query.parse(text), timezone.now()
    if len(query.key) < SHORTEST:
        return []
    counts, pks = find(query, at, "", 0, length)
    return Hits(query, "", at, counts, {0: pks})[0:length]


class Hits:
    """The hits in the form that a paginator needs: with a count, and sliceable."""

    def __init__(self, query: Query, kind: str, at, counts: dict[str, int], known: dict[int, list[int]] | None = None):
        self.query, self.kind, self.at, self.known = query, kind, at, known or {}
        self.today: dict[int, dict[str, str]] = {}
        self.found = counts.get(kind, 0) if kind else sum(counts.values())

    def count(self) -> int:
        return min(self.found, MOST)

    def __getitem__(self, part: slice) -> list[Hit]:
        found = self._texts(part.start, part.stop - part.start) if self.found else []
        records = self._visible(found)
        # Synonyms find records, but only words that were typed are marked.
        typed = tuple(replace(term, others=()) for term in self.query.terms)
        highlighter = Highlighter(replace(self.query, terms=typed))

        def alike(texts) -> tuple:
            name = key(texts.title)
            place_of_query = name.startswith(self.query.key), name.endswith(self.query.key)
            return texts.entry__kind, place_of_query, highlighter.finds(texts.title)

        def lists_others(texts) -> bool:
            record = records[texts.entry_id]  # last, unless the query names it
            return (record.is_heading or any(record.index)) and not highlighter.finds(texts.title)

        # Results that match alike share their places, the newest first.
        known = [texts for texts in found if texts.entry_id in records]
        groups = {texts.entry_id: alike(texts) for texts in known}
        newest: dict[tuple, list] = {}
        for texts in sorted(known, key=attrgetter("entry__dated"), reverse=True):
            newest.setdefault(groups[texts.entry_id], []).append(texts)
        ordered = [newest[groups[texts.entry_id]].pop(0) for texts in known]
        ordered.sort(key=lists_others)
        if ordered and records[ordered[0].entry_id].is_heading and key(ordered[0].title) != self.query.key:
            ordered.insert(1, ordered.pop(0))  # after the page that answers
        answers = {texts.entry_id for texts in ordered if self._asks_the_same(texts)}
        ordered.sort(key=lambda texts: texts.entry_id not in answers)
        return [self._hit(texts, records[texts.entry_id], highlighter, texts.entry_id in answers) for texts in ordered]

    def _asks_the_same(self, texts) -> bool:
        return self.query.is_question and any(map(self.query.is_asked_by, [texts.title, *texts.names.split("\n")]))

    def _texts(self, start: int, length: int) -> list:
        """Return the texts to show for each hit, as plain rows, since a page has many of them."""
        pks = self.known.get(start)
        if pks is None:
            _, pks = find(self.query, self.at, self.kind, start, length)
        by_key = {row.entry_id: row for row in map(Texts._make, _texts().rows(entries=pks))}
        return [by_key[pk] for pk in pks[:length] if pk in by_key]

    def _visible(self, found) -> dict[int, Publishable]:
        """Return the records that readers may see, by the keys of their entries, and fetch their facts of today.

        One query per kind, up to three of models.
        """
        keys: dict[int, dict[int, int]] = {}
        for texts in found:
            keys.setdefault(texts.entry__source_type_id, {})[texts.entry__source_id] = texts.entry_id
        visible = {}
        for type_id, of_type in keys.items():
            model = ContentType.objects.get_for_id(type_id).model_class()
            if model is not None and issubclass(model, Publishable):
                records = _public_records(model).instances(at=self.at, keys=of_type)
                visible |= {of_type[record.pk]: record for record in records}
                self.today |= {of_type[pk]: facts for pk, facts in model.facts_today(of_type).items()}
        return visible

    def _hit(self, texts, record: Publishable, highlighter: Highlighter, is_answer: bool) -> Hit:
        model = kind_named(texts.entry__kind) or type(record)
        names = [] if highlighter.finds(texts.title) else filter(highlighter.finds, texts.names.split("\n"))
        prose = [] if texts.summary else _prose(texts.beginning, highlighter)
        summary = shorten(texts.summary or " ".join(prose[:2]) or texts.beginning, SUMMARY)
        has_snippet = FACTS not in texts.note and not highlighter.finds(summary)
        in_body = highlighter.snippet(prose or _prose(texts.beginning, highlighter)) if has_snippet else []
        return Hit(
            url=record.get_absolute_url(),
            kind=capfirst(str(model._meta.verbose_name)),
            title=highlighter.segments(texts.title),
            also=highlighter.segments(next(iter(names), "")),
            snippet=in_body or highlighter.segments(summary),
            note=texts.note,
            today=self.today.get(texts.entry_id, {}),
            is_answer=is_answer,
        )


@cache
def _texts() -> CompiledQuery:
    """Return the columns of `Texts`; a function, as models are not complete before."""
    texts = SearchText.objects.filter(entry_id__in=keys("entries"))
    return CompiledQuery(texts.values_list(*SHOWN, Left("body", READ_FOR_SNIPPET)))


@cache
def _public_records(model: type[Publishable]) -> CompiledQuery:
    """Return the public ones of the records with `keys`, with the columns of their addresses."""
    records = model.objects.published(at=moment("at")).filter(pk__in=keys("keys"))
    return CompiledQuery(records.order_by().only(*model.address_fields))


def _prose(text: str, highlighter: Highlighter) -> list[str]:
    """Return the sentences of a plain text: no headings, labels and cells of tables, except long ones that match."""
    parts = text.replace("\n", SEPARATOR).split(SEPARATOR)
    parts = [part for part in parts if len(part) > SHORT]
    found = [one for part in parts for one in sentences(part) if len(one) > SHORT and not one[0].islower()]
    found = [one for one in found if ENDED.search(one) or (len(one) > LONG and highlighter.finds(one))]
    return [one if ENDED.search(one) else f"{one}." for one in found]
