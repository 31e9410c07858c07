"""Regular jobs of the articles."""

from articles.related import rebuild_related
from publishing.due import every


@every(hours=1)
def rebuild_related_articles():
    """Covers changes of topics and writes past the models."""
    rebuild_related()
