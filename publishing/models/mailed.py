"""Rows that somebody is told of by mail: saved first, mailed by the worker after, tried again while that fails."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

LONGEST_PAUSE = timedelta(hours=6)


class Mailed(models.Model):
    """Managers of subclasses have `unmailed()`: the rows of which somebody should still be told."""

    mailed_at = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    mail_next_at = models.DateTimeField(default=timezone.now, editable=False)
    mail_error = models.CharField(max_length=300, editable=False)

    class Meta:
        abstract = True

    def claim_mail(self, now: datetime) -> bool:
        """Take the next attempt to mail this: of several callers at once, the database lets one through.

        The moment of the attempt after it is set beforehand, so that one which is killed is made up for.
        """
        # The limits keep the sum small and the column, which ends at 32,767, from overflowing.
        pause = min(timedelta(minutes=2 ** min(self.mail_attempts, 10)), LONGEST_PAUSE)
        mine = type(self).objects.unmailed().filter(pk=self.pk, mail_next_at__lte=now, mail_attempts=self.mail_attempts)
        return bool(mine.update(mail_next_at=now + pause, mail_attempts=min(self.mail_attempts + 1, 30_000)))
