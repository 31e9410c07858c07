"""E-mails about reviews: a submitted text, a comment or decision on one, and its publication."""

from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet

from ops.http.urls import absolute, change_url, record_url
from publishing.accounts.mails import WORDS, queue_mails
from publishing.content.people import may_write, name_of
from publishing.content.permissions import may_publish
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Action, Revision
from publishing.workflow.comment import Comment, Verdict

SUBMITTED, COMMENTED, PUBLISHED = "submitted", "commented", "published"


def tell_editors(revision: Revision) -> None:
    """Notify the chosen reviewer, or everyone who may publish the record, that it was submitted; never its author."""
    editors = editors_of(cast(Publishable, revision.record).search_kind()).exclude(pk=revision.author_id)
    if revision.reviewer_id:
        editors = editors.filter(pk=revision.reviewer_id)
    queue_mails(SUBMITTED, editors, revision.pk)


def tell_author(revision: Revision) -> None:
    """Notify the person who submitted a record, unless it is `revision.author`, once readers see this version."""
    record = cast(Publishable, revision.record)
    submission = Revision.objects.filter(pk__lt=revision.pk).submission(record)
    if submission and submission.author and submission.author_id != revision.author_id:
        publish_at = getattr(record, "publish_at", None)
        queue_mails(PUBLISHED, [submission.author], revision.pk, at=publish_at)


def editors_of(model: type[Publishable]) -> QuerySet[User]:
    """Return the users who may publish records of a kind."""
    action = "publish" if "publish" in model._meta.default_permissions else "change"
    people = User.objects.with_perm(
        f"{model._meta.app_label}.{action}_{model._meta.model_name}",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return people.filter(is_staff=True).order_by("pk")


def _submitted(person, pk: int):
    revision = Revision.objects.filter(pk=pk).first()
    record = revision and revision.record
    if revision is None or record is None:
        return None
    head = Revision.objects.head(record)
    if not head or record.deleted_at or head.state != State.IN_REVIEW or not may_publish(person, record.search_kind()):
        return None
    if Revision.objects.of(record).filter(action=Action.SUBMIT, pk__gt=revision.pk).exists():
        return None  # the later submission has its own mail
    kind = record.search_kind()._meta.verbose_name
    return _about(record, revision, "For review", kind=kind, note=revision.note, author=name_of(revision.author))


def _published(person, pk: int):
    revision = Revision.objects.filter(pk=pk).first()
    record = revision and revision.record
    if revision is None or record is None or revision.is_draft or not record.is_public:
        return None
    later = Revision.objects.of(record).filter(action__in=[Action.PUBLISH, Action.SCHEDULE], pk__gt=revision.pk)
    if revision.action == Action.SCHEDULE and later.exists():
        return None  # the later publication has its own mail
    page = absolute(record.get_absolute_url())
    return _about(record, revision, "Published", author=name_of(revision.author), page_url=page)


def _commented(person, pk: int):
    comment = Comment.objects.filter(pk=pk).first()
    record = comment and comment.record
    if comment is None or record is None or record.deleted_at or not may_write(person, record):
        return None
    event = str(Verdict(comment.verdict).label)
    return _about(record, comment.revision, event, comment=comment, author=name_of(comment.author))


def _about(record, revision: Revision, event: str, **context):
    title = revision.content["fields"].get(record.title_field) or record
    urls = {"record_url": absolute(change_url(record)), "review_url": absolute(record_url(record, "review"))}
    return f"{event}: {title}", {"title": title, **urls, **context}


WORDS |= {SUBMITTED: _submitted, COMMENTED: _commented, PUBLISHED: _published}
