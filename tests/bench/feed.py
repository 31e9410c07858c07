"""What the partner feed costs, side by side with the plain way: `python -m tests.bench.feed`.

On the database of DATABASE_URL, in a test database that goes away afterwards. COUNTS=1000,100000,1000000 are the sizes;
the last adds some minutes. The import with and without capture needs the real feed beside the checkout. What an export
costs is in the table of `make bench`.
"""

import os
import sys
from contextlib import contextmanager
from statistics import median
from time import perf_counter, process_time

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402

from catalog.feed import triggers  # noqa: E402
from catalog.feed.cursors import Cursor  # noqa: E402
from catalog.feed.declaration import TYPES  # noqa: E402
from catalog.feed.head import current_head, stored_head  # noqa: E402
from catalog.feed.pages import feed_page  # noqa: E402
from catalog.feed.stamping import stamp  # noqa: E402
from catalog.models import AIModel, FeedEntry, FeedState, Offering, Price, Provider  # noqa: E402
from catalog.serializers import OfferingSerializer  # noqa: E402
from ops.db.write_watcher import watch  # noqa: E402
from tests.catalog.feeds import real, take_over  # noqa: E402

ROUNDS = 15
ALL = tuple(TYPES)


def took(work, rounds: int = ROUNDS) -> float:
    """Return the median in milliseconds."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1000)
    return median(times)


def tell(what: str, ours: float, other: float = 0, aim: str = ""):
    ratio = f"{other:>12.2f} ms{ours / other:>8.3f} of it" if other else ""
    print(f"{what:48}{ours:>12.2f} ms{ratio}  {aim}", flush=True)


def page_and_serializer():
    """A page of 100 offerings, and the same rows by the serializer of the browse endpoint, with all it prefetches."""
    head = current_head()
    numbers = list(FeedEntry.objects.live().filter(type="offering").order_by("seq").values_list("seq", "row_id")[:100])
    cursor, keys = Cursor(head.epoch, ("offering",), numbers[0][0] - 1), [key for _, key in numbers]
    rows = (
        Offering.objects.filter(pk__in=keys)
        .select_related("provider", "model")
        .prefetch_related("evidence__source", "prices__evidence__source", "events__evidence__source")
    )
    page = took(lambda: feed_page(cursor, 100, head))
    plain = took(lambda: JSONRenderer().render(OfferingSerializer(rows.all(), many=True).data))
    tell("page of 100 against ModelSerializer", page, plain, "aim: at most 0.05")


@contextmanager
def capture(is_on: bool):
    """With triggers and stamps after commit, or without any of it."""
    if not is_on:
        triggers.drop_all(connection)
        connection.execute_wrappers.remove(watch)
    try:
        yield
    finally:
        if not is_on:
            connection.execute_wrappers.insert(0, watch)
            triggers.install(connection, triggers.missing(connection))


def import_with_and_without():
    data = real("models-dev/authored.json")
    times, cpu = {True: [], False: []}, {True: [], False: []}
    for is_captured in (False, True, False, True):
        start_over()
        with capture(is_captured):
            start, cpu_start = perf_counter(), process_time()
            take_over(data)
            times[is_captured].append((perf_counter() - start) * 1000)
            cpu[is_captured].append((process_time() - cpu_start) * 1000)
    tell("import, with capture against without", min(times[True]), min(times[False]), "aim: at most 1.6")
    tell("the same, CPU of this process alone", min(cpu[True]), min(cpu[False]))
    rest = stamp()
    again = perf_counter()
    take_over(data)
    tell("the same again", (perf_counter() - again) * 1000)
    print(f"numbers: {stored_head().number:,}, {rest.numbers} of them left to the next reader; {stamp().numbers} new")


def writes_with_and_without():
    """18,000 rows in one transaction, and the stamp after it."""
    provider, model = Provider.objects.create(name="Bench"), AIModel.objects.create(name="Bench")
    times = {True: [], False: []}
    for number, is_captured in enumerate((False, True, False, True)):
        stamp()
        with capture(is_captured), transaction.atomic():
            start = perf_counter()
            offerings = Offering.objects.bulk_create(
                Offering(provider=provider, model=model, api_id=f"{number}-{place}") for place in range(5_000)
            )
            Price.objects.bulk_create(
                Price(offering=offering, meter=meter, amount=place % 97)
                for place, offering in enumerate(offerings)
                for meter in ("input", "output", "request")[: 3 if place % 5 < 3 else 2]
            )
            times[is_captured].append((perf_counter() - start) * 1000)
            connection.run_on_commit.clear()
    tell("18,000 rows, with capture against without", min(times[True]), min(times[False]), "aim: at most 1.6")
    start = perf_counter()
    numbers = stamp().numbers
    tell(f"stamp of {numbers:,} documents after it", (perf_counter() - start) * 1000)


def start_over():
    call_command("flush", interactive=False, verbosity=0)


def fill(count: int):
    """Entries as a stamp would have left them: one in a hundred is a vendor."""
    first = FeedEntry.objects.count()
    current_head()
    body = '{"api_id":"x","context_tokens":128000,"name":"%s","prices":[]}' % ("n" * 200)
    now = timezone.now()
    for start in range(first + 1, count + 1, 10_000):
        FeedEntry.objects.bulk_create(
            FeedEntry(
                type="vendor" if seq % 100 == 0 else "offering",
                object_id=f"9{seq:09}",
                row_id=9_000_000_000 + seq,
                seq=10_000_000 + seq,
                hash=f"{seq:064x}",
                body=body,
                stamped_at=now,
            )
            for seq in range(start, min(start + 10_000, count + 1))
        )
    FeedState.objects.update(head=10_000_000 + count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages_at(count: int):
    fill(count)
    head = stored_head()
    client = Client()
    client.get("/api/v1/changes/")
    places = {"first": 0, "middle": 10_000_000 + count // 2, "last": 10_000_000 + max(0, count - 300)}
    for name, seq in places.items():
        page = took(lambda seq=seq: feed_page(Cursor(head.epoch, ALL, seq), 200, head))
        rare = took(lambda seq=seq: feed_page(Cursor(head.epoch, ("vendor",), seq), 200, head))
        text = Cursor(head.epoch, ALL, seq).text
        request = took(lambda text=text: client.get("/api/v1/changes/", {"cursor": text}))
        said = f"{page:>8.2f} ms, of a rare type{rare:>8.2f} ms, whole request{request:>8.2f} ms"
        print(f"{count:>10,} entries, page of 200, {name:8}{said}", flush=True)


def main():
    setup_test_environment()
    # No collected static files are needed for this.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    print(connection.vendor)
    writes_with_and_without()
    import_with_and_without()
    page_and_serializer()
    start_over()
    for count in map(int, os.environ.get("COUNTS", "1000,100000").split(",")):
        pages_at(count)
    connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
