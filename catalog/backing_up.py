"""The partner feed follows from the rest, and numbers that partners have seen must not be given anew."""

from catalog.feed.keeping import begin_epoch
from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from publishing.backups.registry import after_restore, left_out

left_out += [*FEED, *SUMMARIES]
after_restore.append(begin_epoch)
