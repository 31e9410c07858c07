"""The form of a model: each fact with a link to its source and the day on which that was read."""

import re
from collections import defaultdict
from typing import Any

from django import forms
from django.utils import timezone

from catalog.admin.links import cite, confidence_in
from catalog.integration.facts import TRUST
from catalog.models import Evidence
from catalog.models.ai_model import UNVERIFIED_WITHOUT_NOTICE
from catalog.rules.choices import Existence
from catalog.rules.facts import BY_NAME, MODEL_FACTS
from publishing.admin.fields import DateInput
from publishing.content.permissions import AnyUser
from publishing.content.publishable import State

LINK, READ = "source_", "read_"
FACTS = [fact.name for fact in MODEL_FACTS]


class AIModelForm(forms.ModelForm):
    """`sources` has the evidence of each fact, the most trusted first: that one is edited beside the value."""

    is_verified_by_source = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.sources: dict[str, list[Evidence]] = defaultdict(list)
        if self.instance.pk:
            rows = self.instance.evidence.filter(fact__in=FACTS).select_related("source")
            for row in sorted(rows, key=_rank):
                self.sources[row.fact].append(row)
        for name in FACTS:
            if name not in self.fields:
                continue  # in the form of a user who may only read it
            label = self.fields[name].label = BY_NAME[name].label
            source = self.sources[name][0].source if self.sources[name] else None
            hint = source.title if source and not source.url else "Paste a link"
            link = forms.URLInput({"placeholder": hint, "aria-label": f"{label}: source", "class": "vURLField"})
            read = DateInput({"aria-label": f"{label}: source read on"})
            self.fields[LINK + name] = forms.URLField(
                label=f"{label}: source", required=False, max_length=500, assume_scheme="https", widget=link
            )
            self.fields[READ + name] = forms.DateField(label=f"{label}: source read on", required=False, widget=read)
            self.initial[LINK + name] = source.url if source else ""
            self.initial[READ + name] = source.read_on if source else None

    @property
    def fact_rows(self) -> list[dict]:
        """Return the bound fields of each fact, and the number of its further sources."""
        return [
            {
                "value": self[name],
                "link": self[LINK + name],
                "read": self[READ + name],
                "more": len(self.sources[name]) - 1,
            }
            for name in FACTS
            if name in self.fields
        ]

    def clean(self) -> dict:
        """A new record with a source is verified, unless its notice says otherwise."""
        cleaned: dict = super().clean() or {}
        is_new = self.instance.pk is None and cleaned.get("existence") == Existence.UNVERIFIED
        links = [name for name in self.data if name.startswith(LINK) or re.match("offerings-.*-source$", name)]
        if is_new and not cleaned.get("notice") and any(map(self.data.get, links)):
            cleaned["existence"] = Existence.VERIFIED
            self.is_verified_by_source = True
        is_unverified = (cleaned.get("state"), cleaned.get("existence")) == (State.PUBLISHED, Existence.UNVERIFIED)
        if is_unverified and not cleaned.get("notice"):
            self.add_error("notice", UNVERIFIED_WITHOUT_NOTICE)
        return cleaned

    def _save_m2m(self) -> None:
        self.added = [vendor for vendor in self.cleaned_data.get("vendors", ()) if vendor.pk is None]
        for vendor in self.added:
            vendor.save()
        super()._save_m2m()  # pyright: ignore[reportAttributeAccessIssue] private in Django

    @property
    def facts_with_new_source(self) -> set[str]:
        """Return the facts whose link or day of reading was changed."""
        return {
            name for name in FACTS if {LINK + name, READ + name} & {*self.changed_data} and LINK + name in self.data
        }

    def save_sources(self, user: AnyUser) -> None:
        """Store the links that were changed. An emptied link removes that source of the fact."""
        for name in FACTS:
            if name not in self.facts_with_new_source:
                continue
            url, first = self.cleaned_data.get(LINK + name), next(iter(self.sources[name]), None)
            row = None
            if url:
                day = self.cleaned_data.get(READ + name) or timezone.localdate()
                row = cite(url, day, confidence_in(url, self.instance), user, fact=name, model=self.instance)
            if first and first != row and (url or LINK + name in self.changed_data):
                Evidence.objects.filter(pk=first.pk).delete()


def _rank(row: Evidence) -> tuple:
    return not row.is_checked, not row.checked_on, TRUST.index(row.confidence), -row.source.read_on.toordinal(), row.pk
