"""Rows and files that a backup leaves out, and what a restored site must not bring back."""

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ops.backups.registry import after_restore, left_out, left_out_folders
from publishing.images.illustrations import share_card as sharing
from publishing.rendering.compiled_text import CompiledText
from publishing.workflow.share_link import ShareLink

# A session's key signs in. Failed passwords count for a quarter of an hour.
left_out += [Session, AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog]
# The regular jobs make up for every task, and one that was running would seem to run for ever.
left_out += [DBTaskResult]
# Compiled texts follow from the texts; drawings are drawn again when they are requested.
left_out += [CompiledText]
left_out_folders += [f"media/{sharing.FOLDER}/"]


@after_restore.append
def revoke_share_links():
    """All of them: nobody knows which were revoked after the backup was made."""
    ShareLink.objects.valid().update(revoked_at=timezone.now())
