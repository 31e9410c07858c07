"""The site as it would be if no write were noticed, for the race's control. Only a server of its own may import it."""

import django

django.setup()

from publishing.page_cache.generation import generation  # noqa: E402
from publishing.page_cache.herald import Herald  # noqa: E402

generation.increase = lambda: None
Herald.start = lambda self: None

from config.wsgi import application  # noqa: E402, F401
