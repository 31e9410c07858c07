"""Questions and their answers."""

from faq.models.question import OtherWording, Question
from faq.models.topic import Topic

__all__ = ["OtherWording", "Question", "Topic"]
