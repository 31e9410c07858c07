"""The admin of questions, their topics, and votes."""

from faq.admin.question import QuestionAdmin
from faq.admin.topic import TopicAdmin
from faq.admin.votes import VoteAdmin
