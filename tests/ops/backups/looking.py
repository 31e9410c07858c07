"""The content of a restored site, as JSON: `python -m tests.ops.backups.looking`, in its own process."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from articles.models import Article, Topic  # noqa: E402
from catalog.documents.sync.head import current_head  # noqa: E402
from publishing.images.models import Image  # noqa: E402


def numbers(titles) -> list[int]:
    return sorted(int(title.split()[1]) for title in titles if title.startswith("Turn "))


def main():
    images = list(Image.objects.all())
    told = {
        "articles": numbers(Article.objects.values_list("title", flat=True)),
        "topics": numbers(Topic.objects.values_list("name", flat=True)),
        "images": numbers(image.alt for image in images),
        "without_file": [image.file.name for image in images if not image.file.storage.exists(image.file.name)],
        "epoch": current_head().epoch,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
