"""The starter questions. Their references use slugs, which are resolved once all questions exist."""

from datetime import date

from faq.models import OtherWording, Question, QuestionTopic
from ops.toml_files import toml_beside
from publishing.content.publishable import State
from publishing.workflow.starter import with_primary_keys

CHECKED_ON = date(2026, 11, 28)


def load(report: object) -> None:
    for entry in toml_beside(__file__, "topics.toml")["topic"]:
        QuestionTopic.objects.create(name=entry["name"], slug=entry["slug"], position=entry["position"])
    new = [(_create(entry), entry) for entry in toml_beside(__file__, "questions.toml")["question"]]
    for question, entry in new:
        question.answer = with_primary_keys(entry["answer"].strip())
        question.state = State.PUBLISHED
        question.save()


def _create(entry) -> Question:
    question = Question.objects.create(
        question=entry["question"],
        slug=entry["slug"],
        topic=QuestionTopic.objects.get(slug=entry["topic"]),
        position=entry["position"],
        facts_checked_on=CHECKED_ON,
    )
    for wording in entry.get("other_wordings", []):
        OtherWording.objects.create(question=question, wording=wording)
    return question
