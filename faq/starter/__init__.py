"""The starter questions. Their references use slugs, which are resolved once all questions exist."""

import tomllib
from datetime import date
from pathlib import Path

from faq.models import OtherWording, Question, QuestionTopic
from publishing.content.publishable import State
from publishing.workflow.starter import StarterProgress, with_primary_keys

FOLDER = Path(__file__).parent
CHECKED_ON = date(2026, 11, 24)


def load(once: StarterProgress) -> None:
    for entry in _read("topics.toml")["topic"]:
        if once.needs(QuestionTopic, entry["slug"]):
            QuestionTopic.objects.create(name=entry["name"], slug=entry["slug"], position=entry["position"])
    entries = _read("questions.toml")["question"]
    new = [(_create(entry), entry) for entry in entries if once.needs(Question, entry["slug"])]
    for question, entry in new:
        question.answer = with_primary_keys(entry["answer"].strip())
        question.state = State.PUBLISHED if question.topic else State.DRAFT
        question.save()


def _create(entry) -> Question:
    question = Question.objects.create(
        question=entry["question"],
        slug=entry["slug"],
        topic=QuestionTopic.objects.filter(slug=entry["topic"]).first(),
        position=entry["position"],
        facts_checked_on=CHECKED_ON,
    )
    for wording in entry.get("other_wordings", []):
        OtherWording.objects.create(question=question, wording=wording)
    return question


def _read(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
