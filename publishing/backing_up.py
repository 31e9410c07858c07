"""What a backup does not hold of what all sites have, and what a restored site must not bring back."""

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from publishing.backups.registry import leave_out, once_restored
from publishing.models import CompiledText, ShareLink

# Who holds a session's key is signed in. What was guessed at passwords counts for a quarter of an hour.
leave_out(Session, AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog)
# The regular jobs make up for every task, and one that was running would seem to run for ever.
leave_out(DBTaskResult)
# They follow from the texts.
leave_out(CompiledText)


@once_restored
def revoke_share_links():
    """All of them: nobody knows which were revoked after the backup was made."""
    ShareLink.objects.valid().update(revoked_at=timezone.now())
