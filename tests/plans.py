"""The query plan of a database.

Tables in tests are small, so PostgreSQL is told to avoid scans and sorts if possible: if a plan still has one, no index
could replace it.
"""

import re

from django.db import connection


def prefer_indexes():
    """Avoid scans and sorts in the current transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")


def is_whole(plan: str) -> bool:
    """Return whether a table is scanned."""
    if connection.vendor == "postgresql":
        return "Seq Scan" in plan
    return bool(re.search(r"SCAN \w+$", plan, re.MULTILINE))


def is_sorted(plan: str) -> bool:
    """Return whether rows are sorted after they were found."""
    return bool(re.search(r"\bSort\b" if connection.vendor == "postgresql" else "TEMP B-TREE", plan))
