"""Check names of catalogue records in texts: misspelt, variant, unknown, ambiguous, or without a link."""

from collections import defaultdict
from dataclasses import replace

from django.apps import apps

from publishing.content.facts import cautions_about
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.matcher import MatchKind
from publishing.quality.names.mentions import MOST_NAMES, NameInText, names_in_html
from publishing.quality.names.tokens import key_of
from publishing.quality.preflight.rules import (
    Finding,
    FixAction,
    NameFix,
    NameFound,
    PreflightSubject,
    check,
    finding_of,
)
from publishing.richtext import rich_text_fields

OFFERED = 3
ONCE = {"name_unknown", "name_perhaps"}  # rules that report a name once in a text


@check
def check_names(subject: PreflightSubject) -> list[Finding]:
    lexicon = current_lexicon()
    fields = sorted(rich_text_fields(type(subject.record)))
    names = {field: names_in_html(getattr(subject.record, field) or "", lexicon) for field in fields}
    items = [(field, item) for field, found_names in names.items() for item in found_names if not item.is_quoted]
    cautions = _cautions(items)
    findings = [
        finding_of("names_many", field=field, most=f"{MOST_NAMES:,}")
        for field in names
        if len(names[field]) >= MOST_NAMES
    ]
    reported = set()
    for field, item in items:
        finding = _finding(field, item, cautions)
        once = (finding.rule, key_of(item.text)) if finding and finding.rule in ONCE else None
        if finding and once not in reported:
            findings.append(finding)
            reported |= {once} - {None}
    return findings


def _finding(field: str, item: NameInText, cautions) -> Finding | None:
    """Return the finding for a name, or None."""
    links, details = _links(field, item), {"field": field, "index": item.place, "words": item.text}
    details["name"] = item.name.title if item.name else ""
    is_missed = item.is_free and item.is_first
    if item.ref and item.how != MatchKind.VARIANT:
        return None
    if item.how == MatchKind.MISSPELT:
        return _with_choices(finding_of("name_misspelt", **details), item, _corrections(field, item))
    if item.how == MatchKind.UNKNOWN:
        return _with_choices(finding_of("name_unknown", **details), item, links)
    if not item.is_certain and not item.ref:
        return _with_choices(finding_of("name_perhaps", **details), item, links) if is_missed else None
    if item.how == MatchKind.VARIANT:
        return _with_choices(finding_of("name_spelling", **details), item, _corrections(field, item) + links[:1])
    if not is_missed:
        return None
    if caution := cautions.get(item.names[0].ref):
        return _with_choices(finding_of("name_caution", caution=caution, **details), item, links[:1])
    return _with_choices(finding_of("name_unlinked", **details), item, links[:1])


def _with_choices(finding: Finding, item: NameInText, choices: list[NameFix]) -> Finding:
    ignoring = NameFix(FixAction.IGNORE, "Ignore everywhere", words=item.text)
    is_unknown = item.how == MatchKind.UNKNOWN
    series = item.series.pk if item.series else None
    return replace(finding, name=NameFound(item.text, item.nth, (*choices, ignoring), is_unknown, series))


def _links(field: str, item: NameInText) -> list[NameFix]:
    if not item.is_free:
        return []
    is_one = len(item.names) == 1 and item.how != MatchKind.UNKNOWN
    choices = []
    for name in item.names[:OFFERED]:
        label = "Link" if is_one else f"Link to {_described(name, item.names)}"
        is_certain = item.may_be_linked and item.is_first and name is item.name
        choices.append(NameFix(FixAction.LINK, label, field, item.text, item.nth, name.ref, is_certain=is_certain))
    return choices


def _corrections(field: str, item: NameInText) -> list[NameFix]:
    do, label_format = (FixAction.LINK, "Write “{}” and link") if item.is_free else (FixAction.WRITE, "Write “{}”")
    titles = {name.title: name for name in reversed(item.names[:OFFERED])}
    return [
        NameFix(do, label_format.format(title), field, item.text, item.nth, name.ref, title)
        for title, name in reversed(titles.items())
    ]


def _described(name, names) -> str:
    """Return a description that distinguishes the record from the others on offer."""
    kind = apps.get_model(name.label)._meta.verbose_name
    is_twin = sum((other.label, other.title) == (name.label, name.title) for other in names) > 1
    return f"{kind} {name.title} ({name.slug})" if is_twin else f"{kind} {name.title}"


def _cautions(items) -> dict[str, str]:
    """Return, by reference, the cautions about the records that are named."""
    wanted = defaultdict(set)
    for _, item in items:
        if item.name and item.is_certain:
            wanted[item.name.label].add(item.name.pk)
    return {
        f"{label}/{pk}": caution.clause
        for label, pks in wanted.items()
        for pk, caution in cautions_about(label, pks).items()
    }
