"""Measure the time and memory that the real feeds take to import: `python -m bench.imports`.

It runs on the database server of DATABASE_URL, in a test database that is deleted afterwards. The files are expected
beside the checkout.
"""

import os
import resource
import sys
from time import perf_counter

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402

from tests.catalog.feeds import real, take_over  # noqa: E402

AIM_SECONDS, AIM_MEGABYTES = 60, 1024


def steps() -> dict:
    data, published = real("models-dev/authored.json"), real("models-dev/api.json")
    litellm = real("litellm/model_prices_and_context_window.json")
    return {
        "models.dev, first": lambda: take_over(data),
        "models.dev, again": lambda: take_over(data),
        "models.dev, published": lambda: take_over(published),
        "LiteLLM, first": lambda: take_over(litellm),
        "LiteLLM, again": lambda: take_over(litellm),
    }


def main():
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    print(f"{connection.vendor}; aim: {AIM_SECONDS} s and {AIM_MEGABYTES} MB for the first")
    print(f"{'':24}{'seconds':>9}{'of CPU':>9}{'peak MB':>9}")
    for name, step in steps().items():
        start, cpu = perf_counter(), sum(os.times()[:2])
        step()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:24}{perf_counter() - start:>9.1f}{sum(os.times()[:2]) - cpu:>9.1f}{peak:>9.0f}", flush=True)
    connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
