"""The partner feed follows from the rest, and numbers that partners have seen must not be given anew."""

from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from catalog.sync.keeping import begin_epoch
from ops.backups.registry import after_restore, left_out

left_out += [*FEED, *SUMMARIES]
after_restore.append(begin_epoch)
