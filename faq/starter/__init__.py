"""The starter questions. Their references use slugs, which are resolved once all questions exist."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html_join

from faq.models import OtherWording, Question, QuestionTopic
from ops.toml_files import toml_beside
from publishing.content.permissions import AnyUser
from publishing.content.publishable import State
from publishing.revisions.models import Action
from publishing.richtext.allowlist import clean
from publishing.site.models import SiteSettings
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from publishing.workflow.starter import with_primary_keys

CHECKED_ON = date(2026, 11, 28)


def load() -> None:
    for entry in toml_beside(__file__, "topics.toml")["topic"]:
        QuestionTopic.objects.create(name=entry["name"], slug=entry["slug"], position=entry["position"])
    new = [(_create(entry), entry) for entry in _entries()]
    for question, entry in new:
        if "setting" not in entry:
            question.answer = with_primary_keys(entry["answer"].strip())
            question.state = State.PUBLISHED
            question.save()


def firm_texts() -> dict[str, QuerySet]:
    """Return the questions that the starter answers in the name of the firm, by topic."""
    slugs = [entry["slug"] for entry in _entries() if "setting" not in entry]
    questions = Question.objects.not_trashed().filter(slug__in=slugs).in_order()
    topics = QuestionTopic.objects.not_trashed().filter(questions__in=questions).distinct()
    return {f"Answers: {topic}": questions.filter(topic=topic) for topic in topics.order_by("position", "name")}


def follow_settings(before: SiteSettings, site: SiteSettings, user: AnyUser) -> list[str]:
    """Write the answers that consist of one setting each, and publish them while the settings are confirmed.

    An answer that an editor has changed stays as it is, but is not public without confirmation either. Return
    a sentence for each answer that could not be published.
    """
    problems = []
    for entry in _entries():
        if name := entry.get("setting"):
            try:
                _follow(entry, getattr(before, name), getattr(site, name), user, is_confirmed=site.is_confirmed)
            except ValidationError as error:
                problems.append(f"“{entry['question']}” was not published. {' '.join(error.messages)}")
    return problems


def _follow(entry, text_before: str, text: str, user, *, is_confirmed: bool):
    question = Question._base_manager.filter(slug=entry["slug"]).first() or (_create(entry) if text else None)
    if question is None or question.deleted_at:
        return
    content = latest_content(question)
    is_of_settings = question.answer in {"", as_answer(text_before)}
    if is_of_settings:
        content["fields"]["answer"] = as_answer(text)
    is_public = question.state == State.PUBLISHED
    if is_confirmed and text and is_of_settings:
        action = Action.PUBLISH if not is_public or question.answer != as_answer(text) else None
    elif is_public and not (is_confirmed and text):
        action = Action.UNPUBLISH
    else:
        action = Action.SAVE if question.answer != content["fields"]["answer"] else None
    if action:
        reason = "The answer is a setting of the site."
        perform_action(question, ActionRequest(action, content, author=user, reason=reason))


def as_answer(text: str) -> str:
    """Return plain text as the stored form of an answer, a paragraph for each line."""
    return clean(format_html_join("", "<p>{}</p>", ((line,) for line in text.split("\n") if line.strip())))


def _entries() -> list[dict]:
    return toml_beside(__file__, "questions.toml")["question"]


def _create(entry) -> Question:
    question = Question.objects.create(
        question=entry["question"],
        slug=entry["slug"],
        topic=QuestionTopic._base_manager.filter(slug=entry["topic"]).first(),
        position=entry["position"],
        facts_checked_on=None if "setting" in entry else CHECKED_ON,
    )
    for wording in entry.get("other_wordings", []):
        OtherWording.objects.create(question=question, wording=wording)
    return question
