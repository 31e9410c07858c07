"""The last valid values of fields that a form refuses, in lists whose items have no keys: sections and related rows."""

from typing import Any, Final

REFUSED: Final[Any] = object()  # stands in place of a value


def with_last_valid(items: list[dict], former: list[dict]) -> list[dict]:
    """Return `items` with the value of the draft `former` in place of each REFUSED. A field without one is missing.

    Lists of dicts inside, such as the rows of a section, are treated alike.
    """
    former_by_index = _former_items(items, former)
    return [_with_last_valid(item, former_by_index.get(index, {})) for index, item in enumerate(items)]


def _with_last_valid(item: dict, former: dict) -> dict:
    values = {}
    for name, value in item.items():
        if value is REFUSED:
            values |= {name: former[name]} if name in former else {}
        elif isinstance(value, list) and all(isinstance(row, dict) for row in value):
            values[name] = with_last_valid(value, former.get(name, []))
        else:
            values[name] = value
    return values


def _former_items(items, former) -> dict[int, dict]:
    """Return by the index of each changed item what it was before: of the items that are gone, the one most like it."""
    gone, changed = dict(enumerate(former)), {}
    for index, item in enumerate(items):
        same = next((place for place, old in gone.items() if old == item), None)
        if same is None:
            changed[index] = item
        else:
            del gone[same]
    pairs = [
        (_likeness(item, old), -abs(index - place), index, place)
        for index, item in changed.items()
        for place, old in gone.items()
        if item.get("type") == old.get("type")
    ]
    former_by_index: dict[int, dict] = {}
    for likeness, distance, index, place in sorted(pairs, reverse=True):
        if index not in former_by_index and place in gone and (likeness or not distance):
            former_by_index[index] = gone.pop(place)
    return former_by_index


def _likeness(item: dict, old: dict) -> int:
    """Return how many values are equal; the key of a row of the table counts more than all others."""
    equal = [name for name, value in item.items() if name in old and old[name] == value and name != "type"]
    return len(equal) + (1_000 if "id" in equal and item["id"] is not None else 0)
