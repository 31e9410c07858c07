"""The form of a record with drafts: it shows the latest version, and is validated for the pressed button."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.timezone import get_current_timezone_name

from publishing.admin.fields import EARLIEST, LATEST, MOMENT_ERRORS, MomentInput
from publishing.admin.scheduling import pressed
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Action, Revision
from publishing.revisions.snapshot import read_fields, tag_fields_of
from publishing.workflow.actions import STATES, ActionRequest, may_be_seen
from publishing.workflow.notifications import editors_of

BUTTONS = ("_continue", "_save", "_addanother", "_restore")  # Django's names; their value is the action
LABELS = {
    Action.SAVE: "Save draft",
    Action.SUBMIT: "Submit for review",
    Action.WITHDRAW: "Return to draft",
    Action.PUBLISH: "Publish",
    Action.SCHEDULE: "Schedule",
    Action.UNSCHEDULE: "Unschedule the update",
    Action.UNPUBLISH: "Unpublish",
    Action.ARCHIVE: "Archive",
}

# Not restored by the browser on going back, since they belong to the text that the server sent.
HIDDEN = forms.HiddenInput({"autocomplete": "off"})


def action_of(sent: Mapping[str, Any]) -> Action:
    """Return the action named by the pressed button; SAVE if it names none."""
    return _pressed(sent)[0]


def _pressed(sent) -> tuple[Action, datetime | None]:
    action_name, at = pressed(next((sent[name] for name in BUTTONS if name in sent), ""))
    return Action(action_name) if action_name in LABELS else Action.SAVE, at


def moment_field_of(record: Publishable) -> str:
    """Return the field with the moment of SCHEDULE: for a text that is not public yet, its own publication date."""
    return "publish_at" if isinstance(record, Prose) and not may_be_seen(record) else "go_live_at"


class DraftForm(forms.ModelForm):
    go_live_at = forms.SplitDateTimeField(
        label="Changes go live at",
        required=False,
        widget=MomentInput,
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages=MOMENT_ERRORS,
    )
    note = forms.CharField(
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="What you changed and why, for your colleagues. It is recorded in the history.",
    )
    reviewer = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Any editor", help_text="Who is asked to review the text."
    )
    reason = forms.CharField(max_length=300, required=False, widget=forms.TextInput(attrs={"class": "vTextField"}))
    token = forms.CharField(required=False, widget=HIDDEN)
    form_session = forms.CharField(required=False, max_length=36, widget=HIDDEN)
    step = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, initial=0, widget=HIDDEN)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.action, moment = _pressed(self.data)
        self.planned_for: datetime | None = None  # the date to come that the form has although “Publish” was pressed
        self.moment_field = moment_field_of(self.instance)
        if moment:
            data, at = cast(QueryDict, self.data).copy(), timezone.localtime(moment)
            data[f"{self.moment_field}_0"], data[f"{self.moment_field}_1"] = f"{at:%Y-%m-%d}", f"{at:%H:%M}"
            self.data = data
        if "slug" in self.fields:
            self.fields["slug"].error_messages["invalid"] = "Use only letters, digits, hyphens and underscores."
        reviewer: Any = self.fields["reviewer"]
        reviewer.queryset, reviewer.label_from_instance = editors_of(type(self.instance)), name_of
        content = getattr(self.instance, "draft_content", None)
        self.fields["go_live_at"].help_text = (
            "When you schedule an update. Readers see the current page until then. "
            f"Time zone: {get_current_timezone_name()}."
        )
        self.initial.setdefault("go_live_at", getattr(self.instance, "update_at", None))
        submission = Revision.objects.submission(self.instance) if self.instance.pk else None
        self.initial.setdefault("reviewer", submission and submission.reviewer_id)
        self.initial.setdefault("form_session", uuid4().hex)
        self.initial["token"] = getattr(self.instance, "draft_token", "")
        if content is not None:
            self.initial.update({name: keys for name, keys in content["tags"].items() if name in self.fields})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        record, slug = self.instance, cleaned.get("slug")
        if slug == record.slug and record.has_made_slug() and record.title_field in self.changed_data:
            cleaned["slug"] = ""  # made anew: it follows the title
        elif slug and type(record)._base_manager.exclude(pk=record.pk).filter(slug=slug).exists():
            # Here, so that autosave leaves it out, says so, and saves the rest.
            self.add_error("slug", type(record)._meta.get_field("slug").error_messages["unique"])
        is_in_review = State.IN_REVIEW in {record.state, getattr(record, "draft_state", "")}
        if self.action == Action.SAVE and is_in_review and "reviewer" in self.data and "reviewer" in self.changed_data:
            self.action = Action.SUBMIT  # asks the other person
        now = timezone.now()
        if self.action == Action.SCHEDULE:
            moment = cleaned.get(self.moment_field)
            if moment is None and self.moment_field not in self.errors:
                self.add_error(self.moment_field, "Choose a date and time.")
            elif moment and moment <= now:
                self.add_error(self.moment_field, "This date is past. Choose a later one, or press Publish.")
        elif self.action == Action.PUBLISH and (cleaned.get(self.moment_field) or now) > now:
            # Publishing means now; publishing.admin.before_publishing asks first.
            self.planned_for, cleaned[self.moment_field] = cleaned[self.moment_field], None
        return cleaned

    def _post_clean(self):
        self.unreadable = set(self.errors)  # at this point, fields whose input is not a valid value
        # Required fields depend on the requested action and not on the current state.
        state = self.instance.state
        self.instance.state = STATES.get(self.action, State.DRAFT)
        try:
            super()._post_clean()  # pyright: ignore[reportAttributeAccessIssue] private in Django
        finally:
            self.instance.state = state

    def _get_validation_exclusions(self):
        # The state is not a field of the form, but constraints refer to it.
        return super()._get_validation_exclusions() - {"state"}  # pyright: ignore[reportAttributeAccessIssue] private in Django

    def action_request(
        self, content: dict, author: AnyUser, action: Action | None = None, **values: Any
    ) -> ActionRequest:
        """Return the request for `action`, by default the pressed button's, with `values` beside the form's own."""
        form_values = {name: self.cleaned_data.get(name) for name in ("token", "note", "form_session", "step")}
        form_values = {name: value for name, value in form_values.items() if value}
        return ActionRequest(action or self.action, content, author=author, **form_values, **values)

    def content(self, formsets: Any) -> dict:
        """Return the input as content of a revision. Invalid fields, tags and rows keep their previous values."""
        begun = getattr(self.instance, "draft_content", None) or {"tags": {}, "rows": {}}
        tags = {
            field.name: [tag.pk for tag in self.cleaned_data[field.name]]
            for field in tag_fields_of(type(self.instance))
            if field.name in self.cleaned_data
        }
        rows = {formset.get_default_prefix(): formset.content() for formset in formsets}
        fields = read_fields(self.instance)
        if self.instance.slug == self.instance.made_slug and not self.instance.has_known_address:
            fields["slug"] = ""  # made as it is stored: another record may take this one meanwhile
        return {"fields": fields, "tags": begun["tags"] | tags, "rows": begun["rows"] | rows}
