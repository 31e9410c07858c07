"""How long a list of models takes, on the database of DATABASE_URL: `python -m tests.bench.browse`.

Measured is the whole page, with 231 models and 5,276 offerings and with 100,000 models and as many offerings, each as a
multiple of a bare view, /healthz: so it says the same on a fast machine and a slow one, alone or busy.
COUNTS=231 leaves out the rest. Everything happens in a test database, which goes away afterwards; REUSE=1 keeps it, and
adds what is missing.
"""

import os
import random
import sys
from decimal import Decimal
from itertools import batched
from statistics import quantiles
from time import perf_counter

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402

from catalog.browse.groups import CAPABILITIES  # noqa: E402
from catalog.models import (  # noqa: E402
    AIModel,
    LifecycleEvent,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Price,
    Provider,
    Vendor,
)
from catalog.vocabulary import Kind, Openness  # noqa: E402

OFFERINGS = {231: 5_276, 100_000: 100_000}
MONTHS = [f"{year}-{month:02}" for year in range(2022, 2027) for month in range(1, 11)]
LISTS = {
    "opening": "",
    "all": "show=all",
    "three groups": "show=all&vendor=vendor-3&kind=language&openness=open",
    "status": "show=all&status=available",
    "by price": "show=all&sort=price",
    "cheap and large": "show=all&context_min=100000&price_max=1&released_from=2024-06",
    "words": "q=falcon&show=all",
    "last page": "show=all&sort=name&page=8",
}
ROUNDS = 20
BARE, BARE_ROUNDS = "/healthz", 10


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def fill(count: int):
    """Add what is missing to `count` models; the same every time."""
    dice = random.Random(20261124)
    if not Vendor.objects.exists():
        for number in range(60):
            Vendor.objects.create(name=f"Vendor {number}")
        for number in range(147):
            Provider.objects.create(name=f"Provider {number}")
        for name in ("text", "image", "audio", "video", "pdf"):
            Modality.objects.create(name=name)
    first = AIModel.objects.count()
    tags = [list(kind.objects.order_by("pk")) for kind in (Vendor, Modality, Provider)]
    per_model = OFFERINGS[count] / count
    for numbers in batched(range(first, count), 5_000):
        add(dice, numbers, *tags, per_model)
        say(f"{numbers[-1] + 1:,} of {count:,} models")


def add(dice, numbers, vendors, modalities, providers, per_model: float):
    models = AIModel.objects.bulk_create(model(dice, number) for number in numbers)
    for through, records in (
        (ModelVendor, vendors),
        (ModelInputModality, modalities),
        (ModelOutputModality, modalities),
    ):
        through.objects.bulk_create(through(content_object=one, tag=dice.choice(records)) for one in models)
    LifecycleEvent.objects.bulk_create(
        LifecycleEvent(model=one, kind=kind, date=one.released_on or "2024")
        for one in models
        for kind in dice.choice([["released"], ["announced", "released"], ["released", "deprecated"], []])
    )
    offerings = Offering.objects.bulk_create(
        Offering(provider=provider, model=one, api_id=f"model-{one.pk}", listing="listed")
        for one in models
        for provider in dice.sample(providers, int(per_model + dice.random()))
    )
    Price.objects.bulk_create(
        Price(offering=offering, meter=meter, amount=Decimal(dice.randrange(1, 2_000)) / 100)
        for offering in offerings
        for meter in ("input", "output")
    )


def model(dice, number: int) -> AIModel:
    return AIModel(
        name=f"{dice.choice(['Falcon', 'Heron', 'Kestrel', 'Osprey', 'Plover'])} {number}",
        slug=f"model-{number}",
        kind=dice.choice(Kind.values),
        openness=dice.choice(["", *Openness.values]),
        released_on=dice.choice(["", *MONTHS]),
        context_tokens=dice.choice([None, 8_192, 128_000, 1_000_000]),
        checked_on=dice.choice(["2026-11-24", None, None]),
        **{name: dice.choice([None, True, False]) for name in CAPABILITIES},
    )


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
    for count in map(int, os.environ.get("COUNTS", "231,100000").split(",")):
        fill(count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the database does by itself after a while
        client.get("/catalog/")
        print(f"{connection.vendor}, {AIModel.objects.count():,} models, {Offering.objects.count():,} offerings")
        print(f"{'':18}{'p95':>13}{'bare view':>13}{'ratio':>12}")
        for name, query in LISTS.items():
            took, bare = p95(client, f"/catalog/?{query}" if query else "/catalog/", ROUNDS if count < 1_000 else 5)
            print(f"{name:18}{took:>10.1f} ms{bare:>10.2f} ms{took / bare:>10.0f} ×", flush=True)
    if not reuse:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
