"""The WSGI entry point: counts, and the page cache in front of Django."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from ops.http.long_addresses import refuse_long_addresses
from ops.server.data_dir_lock import lock_shared

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django = get_wsgi_application()
# Imported by name, because these modules need Django to be set up.
page_views = import_module("publishing.quality.page_views")
application = page_views.with_view_count(django)
if settings.PAGE_CACHE_BYTES and not settings.DEBUG:
    application = import_string("ops.page_cache.wsgi.PageCache")(django, application, page_views.views.note)
if settings.METRICS_TOKEN:
    application = import_string("ops.metrics.requests.with_request_count")(application)
application = refuse_long_addresses(application)
lock_shared()
