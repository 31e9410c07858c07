"""Find claims that will soon be outdated, so that their author dates them or cites the catalogue."""

from django.utils import timezone

from publishing.content.revised import Revised
from publishing.quality.claims.finding import claims_in
from publishing.quality.claims.models import Claim, texts_of
from publishing.quality.preflight.rules import Finding, PreflightSubject, found


def check_claims(subject: PreflightSubject) -> list[Finding]:
    """Return a finding for each dated claim, except those that are confirmed and not yet up for review."""
    record = subject.record
    if not isinstance(record, Revised):
        return []
    confirmed = Claim.objects.of(record).filter(confirmed_on__isnull=False, review_by__gt=timezone.localdate())
    known = {claim.identity for claim in confirmed}
    findings = []
    for claim in claims_in(texts_of(record)):
        if (claim.field, claim.pattern.slug, claim.key) not in known:
            advice = claim.pattern.advice
            findings.append(found("claim", claim.field, claim.tag, claim.index, words=claim.words, advice=advice))
    return findings
