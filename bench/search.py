"""Measure how long a search takes among 100,000 records, on the database of DATABASE_URL: `python -m
bench.search`.

It runs in a test database that is deleted afterwards; REUSE=1 keeps it and reuses its content. Two things are measured:
the search, from the text to its twenty results with their words marked, and the whole page as the server makes it.
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

from bench.corpus import Corpus, fill  # noqa: E402
from publishing.search.backends import index  # noqa: E402
from publishing.search.entry import SearchEntry  # noqa: E402
from publishing.search.results import answer  # noqa: E402

COUNT = 100_000
ROUNDS = 5


def questions(corpus: Corpus) -> dict[str, tuple[int, list[str]]]:
    """The queries by kind, with the milliseconds that 95 of 100 may take."""
    vocabulary, is_postgresql = corpus.words, connection.vendor == "postgresql"
    common, rare = (300, 10) if is_postgresql else (150, 10)
    return {
        "common words": (common, vocabulary[2:22]),
        "two common words": (
            common,
            [f"{word} {other}" for word, other in zip(vocabulary[2:12], vocabulary[22:32], strict=True)],
        ),
        "rare words": (rare, vocabulary[8_000:8_020]),
        "nothing like it": (common, [f"{word}xq" for word in vocabulary[8_000:8_010]]),
    }


def measured(queries: list[str], search) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds, of running each query five times."""
    times = []
    for text in queries * ROUNDS:
        start = perf_counter()
        search(text)
        times.append((perf_counter() - start) * 1000)
    cuts = quantiles(times, n=20)
    return cuts[9], cuts[18]


def main():
    say = lambda sentence: print(sentence, file=sys.stderr, flush=True)  # noqa: E731
    reuse = bool(os.environ.get("REUSE"))
    setup_test_environment()
    # This needs no collected static files.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=reuse)
    corpus = Corpus()
    if SearchEntry.objects.count() < COUNT:
        fill(corpus, COUNT, say)
        index().tidy()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does on its own after a while
    client = Client()
    print(f"{connection.vendor}, {SearchEntry.objects.count():,} entries, milliseconds")
    print(f"{'':18}{'found':>8}{'p50':>8}{'p95':>8}{'aim':>8}{'page p50':>12}{'p95':>8}")
    for name, (aim, queries) in questions(corpus).items():
        totals = sorted(answer(text, "", 0, 20).total for text in queries)
        p50, p95 = measured(queries, lambda text: answer(text, "", 0, 20).hits[0:20])
        page_p50, page_p95 = measured(queries, lambda text: client.get("/search/", {"q": text}))
        print(f"{name:18}{totals[len(totals) // 2]:>8}{p50:>8.1f}{p95:>8.1f}{aim:>8}{page_p50:>12.1f}{page_p95:>8.1f}")
    if not reuse:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
