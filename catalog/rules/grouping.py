"""Values by key."""

from collections import defaultdict
from collections.abc import Iterable


def grouped[K, V](pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """Return the values of pairs of key and value by key, in their order. A key without values has none."""
    values_by_key: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        values_by_key[key].append(value)
    return values_by_key
