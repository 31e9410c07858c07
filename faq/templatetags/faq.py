from django import template

from faq.models import Question, Topic
from publishing.prepared import Prepared

register = template.Library()


@register.simple_tag
def first_questions(count: int) -> list[Question]:
    """The first questions of the first topics, for the front page. One query."""
    return _first(count=count)


@Prepared
def _first(*, count):
    questions = Question.objects.published().filter(topic__in=Topic.objects.published())
    return questions.order_by("topic__position", "position", "pk")[:count]
