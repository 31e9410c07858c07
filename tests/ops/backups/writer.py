"""A writer that works on the site while backups are made: `python -m tests.ops.backups.writer FILE`.

Each turn is one transaction: an article, an image and a topic with the same number. Images are deleted again after some
turns, and their files are swept. The number of each committed turn is written to FILE.
"""

import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from publishing.images.models import Image, sweep  # noqa: E402
from tests import factories  # noqa: E402

PICTURES = 8
TWO_DAYS = 2 * 86_400
PAUSE_SECONDS = 0.05  # without it, the site would grow so large in minutes that only its size is tested


def turn(number: int):
    with transaction.atomic():
        factories.article(title=f"Turn {number}", slug=f"turn-{number}")
        colour = (number % 256, number // 256 % 256, 7)
        factories.image(alt=f"Turn {number}", file=factories.picture_file(colour=colour))
        factories.topic(name=f"Turn {number}")
    if number % PICTURES == 0:
        Image.objects.exclude(pk__in=Image.objects.newest_first().values("pk")[:PICTURES]).delete()
    if number % (5 * PICTURES) == 0:
        for path in Path(settings.MEDIA_ROOT, "images").iterdir():
            # The sweep spares new files, which may belong to an upload in progress.
            os.utime(path, (time.time() - TWO_DAYS,) * 2)
        sweep()


def main():
    number = 0
    while True:
        number += 1
        turn(number)
        draft = Path(f"{sys.argv[1]}.draft")
        draft.write_text(str(number))
        draft.replace(sys.argv[1])
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
