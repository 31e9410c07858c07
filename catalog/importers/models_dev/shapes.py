"""The two shapes of the feed: authored, and published with offerings filled in from their models."""

from copy import deepcopy
from datetime import date

from catalog.importers.entries import MISSING, SourceEntry, at, put, without
from catalog.models import RecordKind

NOT_OF_OFFERINGS = {"benchmarks", "license", "links", "weights"}  # fields of a model that its offerings do not inherit
DERIVED_TIER = 200_000


def entries_of(data) -> list[SourceEntry]:
    """Return all records, dependencies first; [] if `data` has neither shape."""
    data = data if isinstance(data, dict) else {}
    if isinstance(data.get("models"), dict) and isinstance(data.get("providers"), dict):
        return _authored(data)
    if any(isinstance(value, dict) and isinstance(value.get("models"), dict) for value in data.values()):
        return _published(data)
    return []


def day_of(data) -> date | None:
    """Return the date of the data, or None if the file does not state it."""
    written = at(data, "_source.commit_date")
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None


def _authored(data) -> list[SourceEntry]:
    providers = [
        SourceEntry(RecordKind.PROVIDER, key, _provider(value), f"providers.{key}.provider")
        for key, value in data["providers"].items()
    ]
    models = [SourceEntry(RecordKind.MODEL, key, value, f"models.{key}") for key, value in data["models"].items()]
    return providers + models + _offerings(data["providers"], is_resolved=False)


def _provider(value) -> dict:
    if not isinstance(value, dict) or not isinstance(value.get("provider"), dict):
        return value
    links = {"symlinks": value["symlinks"]} if "symlinks" in value else {}
    return {**value["provider"], **links}


def _published(data) -> list[SourceEntry]:
    providers = [
        SourceEntry(
            RecordKind.PROVIDER,
            key,
            without(value, ["id", "models"]) if isinstance(value, dict) else value,
            key,
            is_resolved=True,
        )
        for key, value in data.items()
    ]
    return providers + _offerings(data, is_resolved=True)


def _offerings(providers, is_resolved) -> list[SourceEntry]:
    found = []
    for provider, value in providers.items():
        place = f"{provider}.models" if is_resolved else f"providers.{provider}.models"
        offered = value.get("models") if isinstance(value, dict) else None
        for key, offering in (offered or {}).items() if isinstance(offered, dict) else ():
            if is_resolved and isinstance(offering, dict):
                offering = as_published(without(offering, ["id"]))
            entry = SourceEntry(RecordKind.OFFERING, f"{provider}/{key}", offering, f"{place}.{key}", is_resolved)
            found.append(entry)
    return found


def resolved(offering: dict, model: dict) -> dict:
    """Return an offering with missing values filled in from its model, as the feed publishes it."""
    whole = _merged({name: value for name, value in model.items() if name not in NOT_OF_OFFERINGS}, offering)
    return without(whole, ["base_model", "base_model_omit", *offering.get("base_model_omit", [])])


def _merged(below: dict, above: dict) -> dict:
    whole = deepcopy(below)
    for name, value in above.items():
        is_table = isinstance(value, dict) and isinstance(whole.get(name), dict)
        whole[name] = _merged(whole[name], value) if is_table else value
    return whole


def as_published(offering: dict) -> dict:
    """Return an offering in a comparable form: each tier states its type, and derived values are left out."""
    tiers = at(offering, "cost.tiers")
    if not isinstance(tiers, list) or not all(isinstance(tier, dict) for tier in tiers):
        tiers = []
    derived = at(offering, "cost.context_over_200k")
    whole = without(offering, ["cost.context_over_200k"]) if derived is not MISSING else deepcopy(offering)
    if isinstance(derived, dict) and not any(_size(tier) >= DERIVED_TIER for tier in tiers):
        tiers = [*tiers, {"tier": {"size": DERIVED_TIER}, **derived}]
    if tiers:
        tiers = [{**tier, "tier": {"type": "context", **tier["tier"]}} if _size(tier) else tier for tier in tiers]
        put(whole, "cost.tiers", tiers)
    return whole


def _size(tier) -> int:
    size = at(tier, "tier.size")
    return size if isinstance(size, int) else 0


def as_authored(published: dict, own: dict, model: dict) -> dict:
    """Return the authored form of an offering that resolves to `published`, with as few changes to `own` as possible.

    `own` is our version in the authored shape; `model` is the model that it builds on, or {} if there is none.
    """
    present = as_published(resolved(own, model))
    whole = deepcopy(own)
    omitted = set(own.get("base_model_omit", []))
    for path in {**_leaves(present), **_leaves(published)}:
        wanted = at(published, path)
        if wanted == at(present, path):
            continue
        if wanted is not MISSING:
            put(whole, path, wanted)
            omitted.discard(path)
        else:
            whole = without(whole, [path])
            if at(model, path) is not MISSING:
                omitted.add(path)
    if omitted != set(own.get("base_model_omit", [])):
        whole = without(whole, ["base_model_omit"])
        if omitted:
            whole["base_model_omit"] = sorted(omitted)
    return whole


def _leaves(data: dict, prefix: str = "") -> dict:
    found = {}
    for name, value in data.items():
        if isinstance(value, dict) and value:
            found |= _leaves(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
