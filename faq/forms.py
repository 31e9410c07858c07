from django import forms

from faq.models.vote import REASON_LIMIT
from publishing.pages.public_forms import LinesField, PublicForm


class VoteForm(PublicForm):
    """Whether an answer helped. `seen` says which version of it the reader has before her."""

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
        help_text=f"Up to {REASON_LIMIT} characters. Nothing about yourself or others, please: nobody can answer here.",
    )

    def __init__(self, data=None, *, question):
        # With a sign that no heading's anchor has: the form stands beside an answer with anchors of its own.
        super().__init__(data, auto_id="vote_%s")
        self.question = question

    @property
    def seen(self) -> str:
        """What names the version of the answer that is on the site now."""
        return self.question.last_changed_at.isoformat()

    @property
    def is_about_what_was_seen(self) -> bool:
        return self.data.get("seen") == self.seen
