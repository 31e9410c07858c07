"""What is looked at in the fields of a record: title, description, address."""

from publishing.models import Prose, Redirect, State
from publishing.preflight.rules import Finding, found
from publishing.preflight.subject import Subject
from publishing.richtext.excerpt import DESCRIPTION_LIMIT, TITLE_LIMIT


def check_title(subject: Subject) -> list[Finding]:
    record = subject.record
    title = record.title_text.strip()
    if not title:
        return [found("title_missing", record.title_field)]
    findings = []
    shown = getattr(record, "meta_title", "") or title
    if isinstance(record, Prose) and len(shown) > TITLE_LIMIT:
        findings.append(found("title_long", "meta_title", limit=TITLE_LIMIT, length=len(shown)))
    same = {f"{record.title_field}__iexact": title}
    twins = type(record)._base_manager.filter(deleted_at=None, **same).exclude(pk=record.pk)
    if twin := twins.exclude(state=State.ARCHIVED).order_by("pk").first():
        findings.append(found("title_twice", record.title_field, other=twin.get_absolute_url()))
    return findings


def check_text(subject: Subject) -> list[Finding]:
    """That what must be filled is: the database says so too, of what is published."""
    missing = [name for name in subject.record.required_to_publish() if not str(getattr(subject.record, name)).strip()]
    return [found("text_missing", name) for name in missing if name in subject.texts]


def check_description(subject: Subject) -> list[Finding]:
    record = subject.record
    if not isinstance(record, Prose):
        return []
    own = record.meta_description.strip()
    if not own and record.summary_field and not record.summary_text.strip():
        return [found("description_missing", "meta_description")]
    if len(own) > DESCRIPTION_LIMIT:
        return [found("description_long", "meta_description", limit=DESCRIPTION_LIMIT, length=len(own))]
    return []


def check_address(subject: Subject) -> list[Finding]:
    record = subject.record
    if not record.slug:
        return []
    if type(record)._base_manager.filter(slug=record.slug).exclude(pk=record.pk).exists():
        return [found("address_taken", "slug", address=subject.address)]
    if Redirect.objects.filter(path=subject.address).exists():
        return [found("address_leads_on", "slug", address=subject.address)]
    return []
