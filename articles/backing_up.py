"""Derived rows that backups leave out."""

from articles.models import RelatedArticle
from articles.related import rebuild_related
from publishing.backups.registry import leave_out, once_restored

leave_out(RelatedArticle)
once_restored(rebuild_related)
