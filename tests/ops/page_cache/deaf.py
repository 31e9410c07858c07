"""The site without its detection of writes, for the race's control. Only a separate server process may import it."""

import django

django.setup()

from ops.page_cache.content_version import content_version  # noqa: E402
from ops.page_cache.listener import Listener  # noqa: E402

content_version.increase = lambda: None
Listener.start = lambda self: None

from config.wsgi import application  # noqa: E402, F401
