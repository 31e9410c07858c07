from django import template
from django.db.models import QuerySet

from faq.models import Question, QuestionTopic

register = template.Library()


@register.simple_tag
def first_questions(count: int) -> QuerySet[Question]:
    """Return the first questions of the first topics, for the front page. One query."""
    questions = Question.objects.published().filter(**QuestionTopic.published_lookups("topic__"))
    return questions.order_by("topic__position", "position", "pk").only("question", *Question.address_fields)[:count]
