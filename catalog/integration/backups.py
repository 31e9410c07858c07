"""Backups leave out the derived partner feed. A restore starts a new epoch, so that numbers are not reused."""

from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from catalog.sync.keeping import start_epoch
from ops.backups.making import left_out
from ops.backups.restoring import after_restore

left_out += [*FEED, *SUMMARIES]
after_restore.append(start_epoch)
