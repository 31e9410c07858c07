"""Questions and their answers."""

from faq.models.question import OtherWording, Question, QuestionQuerySet
from faq.models.topic import Topic
from faq.models.vote import Vote

__all__ = ["OtherWording", "Question", "QuestionQuerySet", "Topic", "Vote"]
