"""Names in texts: what the panel of a form says of them, and the list of rules for all texts."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.urls import reverse

from ops.http.urls import with_query
from publishing.quality.names.fixes import Choice, Do, note_rule, rule_in
from publishing.quality.names.lexicon import registered
from publishing.quality.names.name_rule import NameRule
from publishing.quality.preflight.rules import Finding

# What is not to be looked at one by one stands folded, under its own words.
FOLDED = {"name_unlinked": "to_link", "name_perhaps": "perhaps"}


@admin.register(NameRule)
class NameRuleAdmin(admin.ModelAdmin):
    """What holds for all texts. What is ignored in one text stands on its form."""

    list_display = ["words", "rule", "made_at"]
    list_filter = ["rule"]
    search_fields = ["words"]
    list_per_page = 50
    fields = ["words", "rule"]
    name_in_menu = "Rules for names in texts"

    def get_queryset(self, request):
        return super().get_queryset(request).filter(source_type=None)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)


def names_panel(findings: list[Finding], record, user) -> dict | None:
    """What the panel says of names: findings to look at, those with a certain link, those that may be something else,
    and what is ignored in the texts of `record`; each finding as `{finding, choices, add_url}`."""
    found = [finding for finding in findings if finding.name]
    ignored = list(NameRule.objects.of(record)) if record.pk else []
    if not found and not ignored:
        return None
    may_rule = user.has_perm("publishing.add_namerule")
    panel = {"to_look_at": [], "to_link": [], "perhaps": []}
    for finding in sorted(found, key=lambda finding: (finding.field, finding.index)):
        choices = [choice for choice in finding.name.choices if may_rule or choice.do != Do.IGNORE_EVERYWHERE]
        row = {"finding": finding, "choices": choices, "add_url": _add_url(finding, record, user)}
        panel[FOLDED.get(finding.rule, "to_look_at")].append(row)
    certain = sum(choice.is_certain for finding in found for choice in finding.name.choices)
    if certain:
        panel |= {"certain": certain, "link_all": Choice(Do.LINK_ALL).value}
    panel["ignored"] = [(rule, Choice(Do.HEED, words=rule.words).value) for rule in ignored]
    panel["rules_url"] = reverse("admin:publishing_namerule_changelist") if may_rule else ""
    return panel


def _add_url(finding: Finding, record, user) -> str:
    """The form that adds what an unknown name names; "" for those who may not add it."""
    if not finding.name.is_unknown:
        return ""
    for naming in registered:
        label, first = naming.proposal(finding.name.words, finding.name.series, str(record))
        app_label, model_name = label.split(".")
        if user.has_perm(f"{app_label}.add_{model_name}"):
            return with_query(reverse(f"admin:{app_label}_{model_name}_add"), urlencode(first))
    return ""


def keep_rule(request, record):
    """Keep the rule for a name that the form's script sends."""
    rule = rule_in(request.POST.get("_names", ""))
    if rule is None:
        return
    if rule.do == Do.IGNORE_EVERYWHERE and not request.user.has_perm("publishing.add_namerule"):
        messages.error(request, "You may ignore names in this text only.")
    else:
        note_rule(rule, record, request.user)
