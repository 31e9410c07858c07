"""Exclude rows and files from backups, and clean up a restored site."""

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from ops.backups.making import left_out
from ops.backups.restoring import after_restore
from publishing.rendering.compiled_text import CompiledText
from publishing.workflow.share_link import ShareLink

# A session key signs a user in. Failed sign-ins count for a quarter of an hour only.
left_out += [Session, AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog]
# The regular jobs compensate for every lost task, and a restored running task would never finish.
left_out += [DBTaskResult]
# Compiled texts are derived from the texts.
left_out += [CompiledText]


@after_restore.append
def revoke_share_links():
    """Revoke all share links, since some may have been revoked after the backup was made."""
    ShareLink.objects.all().delete()
