"""How the time of pages grows with the catalogue: `COUNTS=1000,1000000 python -m tests.bench.growth`.

On the database of DATABASE_URL, in a test database that goes away afterwards; REUSE=1 keeps it and adds
what is missing. With HERE=1 nothing is made: measured is the site as it stands, filled by `manage.py make_load`.
Each page is made by the whole application in this process, without a cache of pages; the table has the processor time
in milliseconds, that of PostgreSQL's process too where it runs here, and how many times the first one that is.
"""

import os
import sys
import warnings
from pathlib import Path
from time import process_time

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from articles.models import Article  # noqa: E402
from articles.models import Topic as Subject  # noqa: E402
from catalog.models import AIModel, Family, Modality, Offering, Provider, Vendor  # noqa: E402
from faq.models import Question, Topic  # noqa: E402
from publishing.load import Plan, make_load  # noqa: E402
from publishing.management.commands.make_load import SEED, articles_for  # noqa: E402

ROUNDS, MOST_SECONDS = 9, 5
READERS = {"HTTP_HOST": "localhost"}


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def pages() -> dict[str, str]:
    """The addresses that are measured, by what they are."""
    vendors = Vendor.objects.published().order_by("slug")
    model = AIModel.objects.published().order_by("pk")[300]
    of = {name: kind.objects.published().order_by("slug").first() for name, kind in KINDS.items()}
    return {
        "catalogue": "/catalog/",
        "catalogue, all": "/catalog/?show=all",
        "a large maker": vendors.first().get_absolute_url(),
        "a small maker": vendors.last().get_absolute_url(),
        **{name: record.get_absolute_url() for name, record in of.items()},
        "a small provider": Provider.objects.published().order_by("slug").last().get_absolute_url(),
        "model": model.get_absolute_url(),
        "articles": reverse("articles:list"),
        "questions": reverse("faq:list"),
        **{f"API {name}": f"/api/v1/{name}/" for name in ("models", "offerings", "vendors", "articles", "questions")},
        "feed page": "/api/v1/changes/",
        "admin: models": "/admin/catalog/aimodel/",
        "admin: offerings": "/admin/catalog/offering/",
        "filtered by maker": f"/catalog/?show=all&vendor={vendors.first().slug}",
        "filtered by kind": "/catalog/?show=all&kind=language",
        "filtered by status": "/catalog/?show=all&status=available",
    }


KINDS = {
    "modality": Modality,
    "family": Family,
    "provider": Provider,
    "article": Article,
    "subject of articles": Subject,
    "topic of questions": Topic,
    "question": Question,
}


def spent() -> float:
    """Return the seconds of the processor so far: what else the machine does makes no difference to them."""
    backend = Path(f"/proc/{_backend()}/stat") if connection.vendor == "postgresql" else None
    if backend is None or not backend.exists():
        return process_time()
    user, system = backend.read_text().rpartition(")")[2].split()[11:13]
    return process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def measured(address: str) -> float:
    """Return the mean in milliseconds, after a first time that counts for nothing. Slow ones are asked for less."""
    client = Client(**READERS)
    if address.startswith("/admin/"):
        client.force_login(get_user_model().objects.get(username="bench"))
    client.get(address)
    start = spent()
    asked = 0
    while asked < ROUNDS and spent() - start < MOST_SECONDS:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        asked += 1
    return (spent() - start) * 1000 / asked


def fill(count: int):
    make_load(Plan(count, articles_for(count), 100, SEED, say))


def tell(count: int, times: dict[str, float], first: dict[str, float]):
    print(f"{connection.vendor}, {count:,} models, {Offering.objects.count():,} offerings")
    for name, took in times.items():
        print(f"{name:22}{took:>10.1f} ms{took / first[name]:>9.1f} ×", flush=True)


def main():
    is_here, reuse = bool(os.environ.get("HERE")), bool(os.environ.get("REUSE"))
    setup_test_environment()
    warnings.filterwarnings("ignore", "No directory at")
    # No collected static files are needed for this.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, API_QUOTA_ADDRESS=1_000_000).enable()
    if not is_here:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=reuse)
    user = get_user_model()
    if not user.objects.filter(username="bench").exists():
        user.objects.create_superuser("bench", "bench@example.com")
    first: dict[str, float] = {}
    counts = [AIModel.objects.count()] if is_here else map(int, os.environ.get("COUNTS", "1000,1000000").split(","))
    for count in counts:
        if not is_here:
            fill(count)
        times = {name: measured(address) for name, address in pages().items()}
        first = first or times
        tell(count, times, first)
    if not is_here and not reuse:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
