"""The admin of questions, their topics, and what readers say of the answers."""

from faq.admin.question import QuestionAdmin
from faq.admin.topic import TopicAdmin
from faq.admin.votes import VoteAdmin
