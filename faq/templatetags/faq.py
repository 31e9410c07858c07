from django import template
from django.db.models import QuerySet

from faq.models import Question, QuestionTopic

register = template.Library()


@register.simple_tag
def first_questions(count: int) -> QuerySet[Question]:
    """Return the first question of each topic, then the second ones. One query."""
    questions = Question.objects.published().filter(**QuestionTopic.published_lookups("topic__"))
    return questions.order_by("position", "topic__position", "pk").only("question", *Question.address_fields)[:count]
