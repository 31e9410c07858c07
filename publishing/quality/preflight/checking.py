"""Run all checks on a record and block publication on errors."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from publishing.quality.preflight.claims import check_claims
from publishing.quality.preflight.comparisons import check_comparisons
from publishing.quality.preflight.links import check_chosen, check_links
from publishing.quality.preflight.names import check_names
from publishing.quality.preflight.rules import REFUSED_ANYWAY, RULES, Finding, subject_of
from publishing.quality.preflight.texts import (
    check_address,
    check_description,
    check_headings,
    check_pictures,
    check_placeholders,
    check_tables,
    check_text,
    check_title,
)

CHECKS = [
    check_title,
    check_text,
    check_address,
    check_description,
    check_headings,
    check_placeholders,
    check_tables,
    check_comparisons,
    check_pictures,
    check_links,
    check_chosen,
    check_names,
    check_claims,
]
ORDER = {rule: place for place, rule in enumerate(RULES)}
NAMED = 3  # problems in one error message


def check(function):
    """Register an additional check from an app's module `preflight`: a function from a Subject to Findings."""
    CHECKS.append(function)
    return function


class PublicationBlocked(ValidationError):
    """Publication is blocked. `findings` holds all findings, warnings included."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        errors = [finding.words for finding in findings if finding.is_error]
        more = f" And {len(errors) - NAMED} more." if len(errors) > NAMED else ""
        super().__init__({NON_FIELD_ERRORS: [f"{' '.join(errors[:NAMED])}{more}"]})


def preflight(record, content: dict | None = None) -> list[Finding]:
    """Return the findings for a record with `content` (see `publishing.revisions`) applied, errors first."""
    subject = subject_of(record, content)
    findings = [finding for take_snapshot in CHECKS for finding in take_snapshot(subject)]
    return sorted(findings, key=lambda finding: (not finding.is_error, ORDER[finding.rule], finding.index))


def hold_back(record, content: dict, reason: str) -> str:
    """Return the reason for which `content` may be published despite errors; "" if there are none.

    Raises Held if there are errors and no reason is given.
    """
    findings = preflight(record, content)
    if not any(finding.is_error and finding.rule not in REFUSED_ANYWAY for finding in findings):
        return ""
    if not reason.strip():
        raise PublicationBlocked(findings)
    return reason.strip()
