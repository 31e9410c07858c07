"""What a database says of how it would find something.

Tables in tests are small, so PostgreSQL is told to do without going through them and sorting where it can: what it
cannot do by an index it still does so, and that is seen.
"""

import re

from django.db import connection


def prefer_indexes():
    """For the transaction that is open."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")


def is_whole(plan: str) -> bool:
    """Whether a table is gone through."""
    if connection.vendor == "postgresql":
        return "Seq Scan" in plan
    return bool(re.search(r"SCAN \w+$", plan, re.MULTILINE))


def is_sorted(plan: str) -> bool:
    """Whether rows are sorted after they were found."""
    return bool(re.search(r"\bSort\b" if connection.vendor == "postgresql" else "TEMP B-TREE", plan))
