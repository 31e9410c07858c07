"""The panel “Before you publish” of a form with the names in its text, and the rules for names in all texts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import render
from django.template.defaultfilters import pluralize
from django.urls import reverse

from ops.http.urls import with_query
from ops.limits.turns import posts_take_turns
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.preview import read_partial_form
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable
from publishing.quality.names.lexicon import registered
from publishing.quality.names.name_rule import NameRule
from publishing.quality.names.tokens import key_of
from publishing.quality.preflight.checking import preflight
from publishing.quality.preflight.rules import (
    ERROR,
    READER_WARNING,
    WARNING,
    Finding,
    FixAction,
    NameFix,
    NameFound,
    subject_of,
)
from publishing.richtext import rich_text_fields
from publishing.richtext.reading import plain_text
from publishing.richtext.sentences import DESCRIPTION_LIMIT, TITLE_LIMIT, shorten
from publishing.site.current import site_of

# Findings that need not be reviewed one by one are collapsed under a heading of their own.
FOLDED = {"name_unlinked": "to_link", "name_perhaps": "perhaps"}


@admin.register(NameRule)
class NameRuleAdmin(admin.ModelAdmin):
    list_display = ["words", "rule", "made_at"]
    list_filter = ["rule"]
    search_fields = ["words"]
    list_per_page = 50
    fields = ["words", "rule"]
    name_in_menu = "Rules for names in texts"

    def save_model(self, request: HttpRequest, obj: NameRule, form: Any, change: bool) -> None:
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)


@dataclass(frozen=True)
class ProblemCount:
    """The numbers of problems in a text by level. Names that need not be reviewed one by one do not count."""

    errors: int
    reader_warnings: int
    warnings: int

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "ProblemCount":
        counts = Counter(finding.level for finding in findings if finding.rule not in FOLDED)
        return cls(counts[ERROR], counts[READER_WARNING], counts[WARNING])

    @property
    def total(self) -> int:
        return self.errors + self.reader_warnings + self.warnings

    @property
    def in_words(self) -> str:
        """Return "1 error, 2 warnings", or "No problems found"."""
        numbers = ((self.errors, "error"), (self.reader_warnings, "reader warning"), (self.warnings, "warning"))
        return ", ".join(f"{n} {noun}{pluralize(n)}" for n, noun in numbers if n) or "No problems found"


def names_panel(findings: list[Finding], record, user) -> dict | None:
    """Return the findings about names for the panel: to review, with a certain link, and possibly
    ordinary words; each finding as `{finding, choices, add_url}`. None if there are none."""
    name_findings = [finding for finding in findings if finding.name]
    if not name_findings:
        return None
    may_rule = user.has_perm("publishing.add_namerule")
    panel: dict[str, Any] = {"to_look_at": [], "to_link": [], "perhaps": []}
    for finding in sorted(name_findings, key=lambda finding: (finding.field, finding.index)):
        choices = cast(NameFound, finding.name).choices
        choices = [choice for choice in choices if may_rule or choice.do != FixAction.IGNORE]
        row = {"finding": finding, "choices": choices, "add_url": _add_url(finding, record, user)}
        panel[FOLDED.get(finding.rule, "to_look_at")].append(row)
    certain = sum(choice.is_certain for finding in name_findings if finding.name for choice in finding.name.choices)
    if certain:
        panel |= {"certain": certain, "link_all": NameFix(FixAction.LINK_ALL).value}
    panel["rules_url"] = reverse("admin:publishing_namerule_changelist") if may_rule else ""
    return panel


def _add_url(finding: Finding, record, user) -> str:
    """Return the URL of the form that adds the record of an unknown name; "" without the permission to add it."""
    if not finding.name or not finding.name.is_unknown:
        return ""
    for naming in registered:
        label, first = naming.proposal(finding.name.words, finding.name.series, str(record))
        app_label, model_name = label.split(".")
        if user.has_perm(f"{app_label}.add_{model_name}"):
            return with_query(reverse(f"admin:{app_label}_{model_name}_add"), urlencode(first))
    return ""


def appearance(record, site) -> dict | None:
    """Return how `record`, unsaved values included, appears in search results and link previews; None for records other
    than prose. If an editor chose no picture, it is one drawn from the title."""
    if not isinstance(record, Prose):
        return None
    body = getattr(record, min(rich_text_fields(type(record))), "")
    title = record.meta_title or str(record)
    cover = getattr(record, record.cover_field) if record.cover_field else None
    image = record.share_image or cover
    host, drawing = urlsplit(settings.SITE_URL).netloc, record.drawing.shared(site.shown_name)
    return {
        "title": shorten(f"{title} · {site.shown_name}", TITLE_LIMIT),
        "address": " › ".join([host, *filter(None, record.get_absolute_url().split("/") if record.slug else [])]),
        "description": shorten(record.meta_description or record.summary_text or plain_text(body), DESCRIPTION_LIMIT),
        "host": host,
        "share_title": title,
        "picture_url": image.file.url if image else drawing.url,
        "picture_alt": image.spoken_alt if image else drawing.alt,
    }


class PreflightPanel(Panel):
    permission = ""

    def context(self, request: HttpRequest, record: Publishable | None) -> dict:
        content = getattr(record, "draft_content", None)
        if not content or not self.admin.has_change_permission(request, record):
            return {}
        return {"preflight": self._panel(request, record, content)}

    @admin_page("<path:object_id>/preflight/", "preflight", "POST")
    @posts_take_turns
    def preflight_view(self, request, record):
        """Return the panel for the current input of the form, for its script. Saves rules for names only."""
        typed = read_partial_form(self.admin, request, record)
        sent = {name: values[0] for name, values in parse_qs(request.POST.get("_names", "")[:3000]).items()}
        text = sent.get("words", "")[:200]
        if sent.get("do") == FixAction.IGNORE and key_of(text) and request.user.has_perm("publishing.add_namerule"):
            rule = {"words": text, "rule": NameRule.Rule.IGNORE, "author": request.user}
            NameRule.objects.update_or_create(key=key_of(text)[:200], defaults=rule)
        is_valid = typed.form.is_valid() and not typed.problems
        panel = self._panel(request, record, typed.content) if is_valid else {"is_invalid": True}
        return render(request, "admin/publishing/preflight_findings.html", {"preflight": panel, "original": record})

    def _panel(self, request, record, content) -> dict:
        previewed, findings = subject_of(record, content).record, preflight(record, content)
        return {
            "findings": [finding for finding in findings if not finding.name],
            "names": names_panel(findings, record or self.model(), request.user),
            "count": ProblemCount.of(findings),
            "appearance": appearance(previewed, site_of(request)),
        }
