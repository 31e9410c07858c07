from django import template

from faq.models import Question, Topic

register = template.Library()


@register.simple_tag
def first_questions(count: int) -> list[Question]:
    """The first questions of the first topics, for the front page. One query."""
    questions = Question.objects.published().filter(topic__in=Topic.objects.published())
    return list(questions.order_by("topic__position", "position", "pk")[:count])
