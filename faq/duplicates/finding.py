"""Find duplicates: of a typed question, and among all questions."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from math import ceil

from django.utils import timezone

from faq.duplicates.contradictions import contradiction
from faq.duplicates.wording import ALIKE, SYNONYMS, Wording, abbreviations_in, likeness
from faq.models import Question
from publishing.content.publishable import State
from publishing.search.backends import find
from publishing.search.entry import SearchEntry
from publishing.search.query import Query

MOST = 5
MOST_PAIRS = 200


@dataclass(frozen=True)
class Duplicate:
    """A question that asks nearly the same.

    `wording` is the closest of its wordings. `contradiction` says in a sentence how the answers differ, or "".
    """

    question: Question
    wording: str
    likeness: int
    contradiction: str = ""


@dataclass(frozen=True)
class Pair:
    one: Question
    duplicate: Duplicate


def nearest(text: str, but=()) -> list[Question]:
    """Return the public questions that match any word of `text`, closest first, without the keys in `but`."""
    query = Query.parse(text).with_any_word()
    if not query:
        return []
    _, entries = find(query, timezone.now(), Question._meta.label_lower, 0, MOST + len(but))
    keys = dict(SearchEntry.objects.filter(pk__in=entries).values_list("pk", "source_id"))
    found = Question.objects.published().exclude(pk__in=but).in_bulk(keys.values())
    return [found[keys[entry]] for entry in entries if keys.get(entry) in found][:MOST]


class KnownQuestions:
    """The questions of a queryset with all their wordings, without archived ones. Two queries."""

    def __init__(self, questions):
        rows = questions.exclude(state=State.ARCHIVED).exclude(question="").prefetch_related("other_wordings")
        ways = {question: _ways_to_ask(question) for question in rows}
        self.names = abbreviations_in(" | ".join(words for asked in ways.values() for words in asked)) | SYNONYMS
        self.wordings = {
            question: [(self.wording(words), words) for words in asked] for question, asked in ways.items()
        }

    def wording(self, text: str) -> Wording:
        return Wording.of(text, abbreviations_in(text) | self.names)

    def duplicates_of(self, text: str, answer: str = "") -> list[Duplicate]:
        """Return at most five duplicates of `text`, closest first. `answer` is the HTML of its answer."""
        asked = [(self.wording(text), text)]
        found = [_compared(asked, answer, question, its) for question, its in self.wordings.items()]
        return sorted(filter(None, found), key=lambda duplicate: (-duplicate.likeness, duplicate.question.pk))[:MOST]

    def pairs(self) -> list[Pair]:
        """Return at most 200 pairs of duplicates, those with contradicting answers first."""
        found = []
        for one, other in self._candidates():
            duplicate = _compared(self.wordings[one], one.answer, other, self.wordings[other])
            found += [Pair(one, duplicate)] if duplicate else []
        found.sort(key=lambda pair: (not pair.duplicate.contradiction, -pair.duplicate.likeness, pair.one.pk))
        return found[:MOST_PAIRS]

    def _candidates(self) -> list[tuple[Question, Question]]:
        """Return the pairs worth comparing.

        Two similar wordings share one of their rarest words. The number of rarest words to check is the number that may
        differ (ALIKE), plus one for a typo.
        """
        counts = Counter(token for ways in self.wordings.values() for way, _ in ways for token in way.tokens)
        holders = defaultdict(dict)
        for question, ways in self.wordings.items():
            for way, _ in ways:
                rarest = sorted(way.tokens, key=lambda token: (counts[token], token))
                for token in rarest[: len(rarest) - ceil(len(rarest) * ALIKE / 100) + 2]:
                    holders[token][question.pk] = question
        found = {
            tuple(sorted((one.pk, other.pk))): (one, other)
            for questions in holders.values()
            for one, other in combinations(questions.values(), 2)
        }
        return list(found.values())


def _ways_to_ask(question) -> list[str]:
    return [question.question, *(other.wording for other in question.other_wordings.all())]


def _compared(asked, answer: str, question, its) -> Duplicate | None:
    """Return `question` as a duplicate of the wordings `asked`, or None if it is not similar enough."""
    percent, mine, other, words = max(
        ((likeness(mine, other), mine, other, words) for mine, _ in asked for other, words in its),
        key=lambda match: match[0],
    )
    if not percent:
        return None
    return Duplicate(question, words, percent, contradiction(mine, answer, other, question.answer))
