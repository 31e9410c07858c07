from django import forms

from faq.models import REASON_LIMIT
from publishing.pages.public_forms import LinesField, PublicForm


class VoteForm(PublicForm):
    """A vote on whether an answer helped. `seen` identifies the version of the answer that the reader saw."""

    verdict = forms.ChoiceField(
        label="Did this answer help you?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no.", "invalid_choice": "Choose yes or no."},
    )
    reason = LinesField(
        label="Why?",
        required=False,
        most=REASON_LIMIT,
        rows=3,
        help_text=f"Up to {REASON_LIMIT} characters. Please do not include personal information; we cannot reply here.",
    )

    def __init__(self, data=None, *, question):
        # With an underscore, which anchors of headings do not contain: the form is beside an answer with such anchors.
        super().__init__(data, auto_id="vote_%s")
        self.question = question

    @property
    def seen(self) -> str:
        """Return the identifier of the present version of the answer."""
        return self.question.last_changed_at.isoformat()
