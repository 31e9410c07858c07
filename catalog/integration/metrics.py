"""Metrics of the partner feed for /metrics."""

from catalog.models import FeedMark, FeedState
from ops.metrics.readings import reading


@reading("feed_head", "The highest number of the partners' feed.")
def feed_head():
    return FeedState.objects.values_list("head", flat=True).first()


@reading("feed_marks", "Rows changed since the feed was last brought up to date.")
def feed_marks():
    return FeedMark.objects.count()
