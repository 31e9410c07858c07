"""The entry point of the server: the page cache, and behind it Django."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from publishing.in_use import work_here
from publishing.watching import watched

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
if settings.PAGE_CACHE_BYTES and not settings.DEBUG:
    # By its name, since what it imports needs Django to be set up.
    application = import_string("publishing.page_cache.serving.PageCache")(application)
application = watched(application)
work_here()
