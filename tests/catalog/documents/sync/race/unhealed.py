"""The control's server: the site without its check for missing triggers."""

from config.wsgi import application
from tests.catalog.documents.sync.race import duties

duties.stamp_without_triggers()

__all__ = ["application"]
