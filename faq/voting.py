"""Counting what readers say of an answer, once a day for each network, and what editors are told of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max
from django.utils.timezone import localdate

from faq.models import Question, Vote
from publishing.limits import once_a_day
from publishing.revisions.acts import live_revision


@dataclass(frozen=True)
class VotedDown:
    question: Question
    count: int
    last_on: date


def take_vote(question: Question, *, is_helpful: bool, reason: str, address: str) -> Vote | None:
    """Keep a vote on what readers see of `question` now; None where `address` has voted on it today.

    Of the address nothing is stored with the vote.
    """
    with once_a_day(f"vote on {question.pk}", address) as is_first:
        if not is_first:
            return None
        return Vote.objects.create(
            question=question, revision=live_revision(question), is_helpful=is_helpful, reason=reason
        )


def questions_voted_down(limit: int) -> list[VotedDown]:
    """Return the published questions whose present answer did not help, the most so first. Two queries."""
    votes = Vote.objects.down().on_what_readers_see().filter(question__in=Question.objects.published()).order_by()
    counted = votes.values("question").annotate(count=Count("pk"), last_at=Max("voted_at"))
    rows = list(counted.order_by("-count", "-last_at", "question")[:limit])
    questions = Question.objects.in_bulk([row["question"] for row in rows])
    return [VotedDown(questions[row["question"]], row["count"], localdate(row["last_at"])) for row in rows]
