"""Find duplicates: of a typed question, and among all questions; and questions that only share words with one."""

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations

from django.utils import timezone

from faq.duplicates.contradictions import contradiction
from faq.duplicates.wording import SYNONYMS, Wording, abbreviations_in, asks_the_same
from faq.models import Question
from publishing.content.publishable import State
from publishing.search.backends import find
from publishing.search.entry import SearchEntry
from publishing.search.query import Query

MOST_PAIRS = 200


@dataclass(frozen=True)
class Duplicate:
    """`wording` is the wording that is equal. `contradiction` is a sentence on how the answers differ, or ""."""

    question: Question
    wording: str
    contradiction: str = ""


class KnownQuestions:
    """The questions of a queryset with all their wordings, without archived ones. Two queries."""

    def __init__(self, questions):
        rows = questions.exclude(state=State.ARCHIVED).exclude(question="").prefetch_related("other_wordings")
        self.ways = {row: [row.question, *(other.wording for other in row.other_wordings.all())] for row in rows}
        self.names = abbreviations_in(" | ".join(text for ways in self.ways.values() for text in ways)) | SYNONYMS
        self.wordings = {question: list(map(self.wording, ways)) for question, ways in self.ways.items()}

    def wording(self, text: str) -> Wording:
        return Wording.of(text, abbreviations_in(text) | self.names)

    def duplicates_of(self, *ways: str, answer: str = "") -> list[Duplicate]:
        """Return the duplicates of a question that is asked in these ways. `answer` is the HTML of its answer."""
        wordings = list(map(self.wording, ways))
        return list(filter(None, (self._compared(wordings, answer, question) for question in self.ways)))

    def pairs(self) -> list[tuple[Question, Duplicate]]:
        """Return at most 200 questions with a duplicate, those with contradicting answers first, then the oldest."""
        holders = defaultdict(dict)  # only questions whose wordings have the same initials are compared
        for question, wordings in self.wordings.items():
            for wording in wordings:
                holders[wording.initials][question] = None
        candidates = dict.fromkeys(pair for questions in holders.values() for pair in combinations(questions, 2))
        compared = [
            (question, self._compared(self.wordings[question], question.answer, other))
            for question, other in candidates
        ]
        pairs = [(question, duplicate) for question, duplicate in compared if duplicate]
        return sorted(pairs, key=lambda pair: (not pair[1].contradiction, pair[0].pk))[:MOST_PAIRS]

    def _compared(self, wordings: list[Wording], answer: str, question: Question) -> Duplicate | None:
        """Return `question` as a duplicate of a question in these `wordings`, or None if none asks the same."""
        for wording, way in zip(self.wordings[question], self.ways[question], strict=True):
            for mine in wordings:
                if asks_the_same(mine, wording):
                    return Duplicate(question, way, contradiction(mine, answer, wording, question.answer))
        return None


def similar(text: str, most: int) -> list[Question]:
    """Return the questions that search finds for any words of `text`, best first. At most five queries."""
    if not Wording.of(text).tokens:
        return []
    query = replace(Query.parse(text), needs_all=False)
    _, entries = find(query, timezone.now(), Question._meta.label_lower, 0, most)
    keys = dict(SearchEntry.objects.filter(pk__in=entries).values_list("pk", "source_id"))
    questions = Question.objects.published().in_bulk(keys.values())
    return [questions[keys[pk]] for pk in entries if keys.get(pk) in questions]
