"""Run all checks on a record and block publication on errors."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from publishing.content.publishable import Publishable
from publishing.quality.preflight import links, names, reader_warnings, texts  # noqa: F401 (they register their checks)
from publishing.quality.preflight.rules import CHECKS, REFUSED_ANYWAY, RULES, Finding, subject_of

ORDER = {rule: index for index, rule in enumerate(RULES)}
NAMED = 3  # problems in one error message


class PublicationBlocked(ValidationError):
    """Publication is blocked. `findings` holds all findings, warnings included."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        errors = [finding.words for finding in findings if finding.is_error]
        more = f" And {len(errors) - NAMED} more." if len(errors) > NAMED else ""
        super().__init__({NON_FIELD_ERRORS: [f"{' '.join(errors[:NAMED])}{more}"]})


def preflight(record: Publishable, content: dict | None = None) -> list[Finding]:
    """Return the findings for a record with `content` (see `publishing.revisions`) applied, serious ones first."""
    subject = subject_of(record, content)
    findings = [finding for check in CHECKS for finding in check(subject)]
    return sorted(findings, key=lambda finding: (ORDER[finding.rule], finding.index))


def hold_back(record: Publishable, content: dict, reason: str) -> str:
    """Return the reason to publish despite errors, "" if there are none. Raises PublicationBlocked without a reason."""
    findings = preflight(record, content)
    if not any(finding.is_error and finding.rule not in REFUSED_ANYWAY for finding in findings):
        return ""
    if not reason.strip():
        raise PublicationBlocked(findings)
    return reason.strip()
