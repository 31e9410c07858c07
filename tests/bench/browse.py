"""How long a list of models takes, on the database of DATABASE_URL: `python -m tests.bench.browse`.

Measured is the whole page, with 1,000 and with 100,000 models of `manage.py make_load`, each as a multiple of a bare
view, /healthz: so it says the same on a fast machine and a slow one, alone or busy. COUNTS=1000 leaves out the rest.
Everything happens in a test database, which goes away afterwards; REUSE=1 keeps it, and adds what is missing.
"""

import os
import sys
from statistics import quantiles
from time import perf_counter

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402

from catalog.models import AIModel, Offering  # noqa: E402
from publishing.load import Plan, make_load  # noqa: E402
from publishing.management.commands.make_load import SEED  # noqa: E402

LISTS = {
    "opening": "",
    "all": "show=all",
    "three groups": "show=all&vendor=load-vendor-0000003&kind=language&openness=open",
    "status": "show=all&status=available",
    "by price": "show=all&sort=price",
    "cheap and large": "show=all&context_min=100000&price_max=1&released_from=2024-06",
    "words": "q=falcon&show=all",
    "a later page": "show=all&sort=name&page=8",
}
ROUNDS = 20
BARE, BARE_ROUNDS = "/healthz", 10


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def p95(client, address: str, rounds: int) -> tuple[float, float]:
    """Return the 95th percentiles of a page and of a bare view, in milliseconds, asked for in turn: what else the
    machine does meanwhile slows both."""
    times = {address: [], BARE: []}
    for _ in range(rounds):
        for asked in (address, *[BARE] * BARE_ROUNDS):
            start = perf_counter()
            assert client.get(asked).status_code == 200, asked
            times[asked].append((perf_counter() - start) * 1000)
    return tuple(quantiles(found, n=20)[18] for found in times.values())


def main():
    reuse = bool(os.environ.get("REUSE"))
    setup_test_environment()
    # No collected static files are needed for this.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=reuse)
    client = Client()
    for count in map(int, os.environ.get("COUNTS", "1000,100000").split(",")):
        make_load(Plan(count, 0, 0, SEED, say))
        client.get("/catalog/")
        print(f"{connection.vendor}, {AIModel.objects.count():,} models, {Offering.objects.count():,} offerings")
        print(f"{'':18}{'p95':>13}{'bare view':>13}{'ratio':>12}")
        for name, query in LISTS.items():
            took, bare = p95(client, f"/catalog/?{query}" if query else "/catalog/", ROUNDS if count < 10_000 else 5)
            print(f"{name:18}{took:>10.1f} ms{bare:>10.2f} ms{took / bare:>10.0f} ×", flush=True)
    if not reuse:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
