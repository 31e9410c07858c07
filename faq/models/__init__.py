"""The models of questions, their topics and votes."""

from faq.models.question import OtherWording, Question, fetch_topics
from faq.models.topic import Topic
from faq.models.vote import Vote
