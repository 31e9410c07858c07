"""Questions that are asked before a text is published or scheduled.

One page asks all that are open, and sends the form again with the answers. Nothing is saved before they are given.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse

from publishing.admin.confirmation import confirmation
from publishing.admin.draft_form import LABELS, DraftForm
from publishing.content.follow_up import Hook
from publishing.content.publishable import State
from publishing.quality.preflight.checking import preflight
from publishing.quality.preflight.rules import REFUSED_ANYWAY
from publishing.revisions.models import Action, Revision
from publishing.revisions.snapshot import same
from publishing.workflow.actions import ActionRequest, ScheduledVersion

# Functions that take the request, the valid form and the ActionRequest, and return a Question unless the request
# answers it or there is nothing to ask, then None.
askers = Hook()


@dataclass(frozen=True)
class Question:
    """A question, shown by `template` with `context`; its inputs have the names `fields`. To go on despite an
    `is_objection` is to publish anyway."""

    template: str
    fields: tuple[str, ...]
    context: dict[str, Any]
    is_objection: bool = False


class QuestionsOpen(Exception):
    """Raised instead of saving while the request does not answer `questions`."""

    def __init__(self, form: DraftForm, questions: list[Question]):
        self.form, self.questions = form, questions


def check_answers(request: HttpRequest, form: DraftForm, wanted: ActionRequest) -> None:
    """Raise QuestionsOpen unless the request answers all questions about the action `wanted` of a valid form."""
    if questions := [question for ask in askers if (question := ask(request, form, wanted))]:
        raise QuestionsOpen(form, questions)


def confirm_publication(model_admin: Any, request: HttpRequest, open_questions: QuestionsOpen) -> HttpResponse:
    """Return the page that asks the open questions."""
    label = LABELS[open_questions.form.action]
    has_objections = any(question.is_objection for question in open_questions.questions)
    return confirmation(
        model_admin,
        request,
        "admin/publishing/confirm_publication.html",
        f"{label} “{open_questions.form.instance}”?",
        without={name for question in open_questions.questions for name in question.fields},
        questions=open_questions.questions,
        words=f"{label} anyway" if has_objections else label,
    )


def answer_about_schedule(request: HttpRequest) -> ScheduledVersion | None:
    answer = request.POST.get("scheduled_version")
    return ScheduledVersion(answer) if answer in ScheduledVersion else None


@askers.register
def about_schedule(request: HttpRequest, form: DraftForm, wanted: ActionRequest) -> Question | None:
    """Ask before publishing at once what is scheduled, or has a date to come in the form."""
    update: Revision | None = getattr(form.instance, "update", None)
    if wanted.action != Action.PUBLISH or not (update or form.planned_for):
        return None
    choices = _choices(form.instance, update, wanted.content) if update else [ScheduledVersion.CANCEL]
    if answer_about_schedule(request) in choices:
        return None
    is_new_date = form.moment_field in form.changed_data
    waits_for_date = form.moment_field == "publish_at" and form.instance.state == State.PUBLISHED and not is_new_date
    is_scheduled = bool(update) or waits_for_date
    context = {
        "at": update.go_live_at if update else form.planned_for,
        "is_scheduled": is_scheduled,
        "choices": choices,
        "new_date": None if is_scheduled and not is_new_date else form.planned_for,
    }
    return Question("admin/publishing/ask_about_schedule.html", ("scheduled_version",), context)


@askers.register
def about_problems(request: HttpRequest, form: DraftForm, wanted: ActionRequest) -> Question | None:
    """Ask before publishing a text with errors, for which a reason is needed, or with warnings that readers see."""
    if wanted.action not in (Action.PUBLISH, Action.SCHEDULE):
        return None
    problems = [finding for finding in preflight(form.instance, wanted.content) if finding.is_serious]
    if not problems or any(finding.rule in REFUSED_ANYWAY for finding in problems):
        return None
    # Names the problems that were shown: others need another answer.
    seen = sha256("\n".join(finding.words for finding in problems).encode()).hexdigest()[:16]
    needs_reason, is_answered = problems[0].is_error, request.POST.get("problems_seen") == seen
    if is_answered and (wanted.reason.strip() or not needs_reason):
        return None
    context = {
        "problems": problems,
        "seen": seen,
        "needs_reason": needs_reason,
        "reason": form["reason"],
        "is_reason_missing": is_answered,
    }
    return Question("admin/publishing/ask_about_problems.html", ("problems_seen", "reason"), context, is_objection=True)


def _choices(record, update: Revision, content: dict) -> list[ScheduledVersion]:
    """Return the answers that make a difference."""
    if same(content, update.content):
        return [ScheduledVersion.CANCEL]
    # Later changes can stay a draft only over a published row.
    is_live = record.state == State.PUBLISHED
    return [ScheduledVersion.CANCEL, ScheduledVersion.KEEP, *([ScheduledVersion.RELEASE] if is_live else [])]
