"""The server of a control: the site, but that it does not look whether triggers are missing."""

from config.wsgi import application
from tests.catalog.sync.race import duties

duties.stamp_without_triggers()

__all__ = ["application"]
