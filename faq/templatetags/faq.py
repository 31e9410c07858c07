from functools import cache

from django import template

from faq.models import Question, QuestionTopic
from ops.db.prepared import NOW, Prepared

register = template.Library()


@register.simple_tag
def first_questions(count: int) -> list[Question]:
    """Return the first questions of the first topics, for the front page. One query."""
    return _first(count).rows()


@cache
def _first(count: int) -> Prepared[Question]:
    questions = Question.objects.published(at=NOW).filter(**QuestionTopic.published_lookups("topic__"))
    questions = questions.order_by("topic__position", "position", "pk")
    return Prepared(questions.only("question", *Question.address_fields)[:count])
