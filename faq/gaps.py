"""Gaps: answers that did not help."""

from django.db.models import Count, Max
from django.utils.timezone import localdate

from faq.models import Question, Vote
from ops.http.urls import change_url
from publishing.quality.gaps import ENOUGH, Gap, gap_source


@gap_source(
    "votes",
    "Unhelpful answers",
    "Questions whose current answer readers rated as not helpful. Their reasons are listed with the question.",
)
def answers_voted_down() -> list[Gap]:
    """Most votes first; two queries. A dismissed question returns if its text changes and is voted down again."""
    votes = Vote.objects.down().on_what_readers_see().filter(question__in=Question.objects.published()).order_by()
    counted = votes.values_list("question").annotate(count=Count("pk"), last_at=Max("voted_at"))
    rows = list(counted.order_by("-count", "-last_at", "question")[:ENOUGH])
    questions = Question.objects.in_bulk([pk for pk, _, _ in rows])
    return [
        Gap(
            f"{pk} {questions[pk].last_changed_at.isoformat()}",
            questions[pk].question,
            count,
            localdate(last_at),
            url=change_url(questions[pk]),
            url_words="Edit answer",
        )
        for pk, count, last_at in rows
    ]
