"""The shapes of the feed: authored, published with offerings filled in from their models, and a history of prices."""

from collections.abc import Iterator
from copy import deepcopy

from catalog.importers.entries import MISSING, SourceEntry, at, put, without
from catalog.models import RecordKind

NOT_OF_OFFERINGS = {"benchmarks", "license", "links", "weights"}  # fields of a model that its offerings do not inherit
DERIVED_TIER = 200_000


def entries_of(data: object) -> list[SourceEntry]:
    """Return all records, dependencies first, a model before its snapshots; [] if `data` has none of the shapes."""
    data = data if isinstance(data, dict) else {}
    if isinstance(offerings := data.get("offerings"), dict):
        return [
            SourceEntry(RecordKind.HISTORY, f"{provider}/{key}", {"states": states}, f"offerings.{provider}.{key}")
            for provider, offered in offerings.items()
            for key, states in (offered.items() if isinstance(offered, dict) else ())
        ]
    models, providers = data.get("models"), data.get("providers")
    if isinstance(models, dict) and isinstance(providers, dict):
        return [
            *(SourceEntry(RecordKind.PROVIDER, *_authored(key, value)) for key, value in providers.items()),
            *(SourceEntry(RecordKind.MODEL, key, value, f"models.{key}") for key, value in sorted(models.items())),
            *_offerings(providers, is_resolved=False),
        ]
    if any(isinstance(value, dict) and isinstance(value.get("models"), dict) for value in data.values()):
        return [
            *(
                SourceEntry(RecordKind.PROVIDER, key, _without_models(value), key, is_resolved=True)
                for key, value in data.items()
            ),
            *_offerings(data, is_resolved=True),
        ]
    return []


def _authored(key: str, value) -> tuple:
    """Return key, data and place of a provider."""
    if isinstance(value, dict) and isinstance(value.get("provider"), dict):
        links = {"symlinks": value["symlinks"]} if "symlinks" in value else {}
        value = {**value["provider"], **links}
    return key, value, f"providers.{key}.provider"


def _without_models(provider):
    return without(provider, ["id", "models"]) if isinstance(provider, dict) else provider


def _offerings(providers: dict, is_resolved: bool) -> Iterator[SourceEntry]:
    for provider, value in providers.items():
        place = f"{provider}.models" if is_resolved else f"providers.{provider}.models"
        offered = value.get("models") if isinstance(value, dict) else None
        for key, offering in offered.items() if isinstance(offered, dict) else ():
            if is_resolved and isinstance(offering, dict):
                offering = as_published(without(offering, ["id"]))
            yield SourceEntry(RecordKind.OFFERING, f"{provider}/{key}", offering, f"{place}.{key}", is_resolved)


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


def as_authored(published: dict, authored: dict, model: dict) -> dict:
    """Return what resolves to `published`, changing `authored` as little as possible; `model` or {} is its base."""
    present = as_published(resolved(authored, model))
    whole = deepcopy(authored)
    omitted = set(authored.get("base_model_omit", []))
    for path in dict.fromkeys([*_leaves(present), *_leaves(published)]):
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
    if omitted != set(authored.get("base_model_omit", [])):
        whole = without(whole, ["base_model_omit"]) | ({"base_model_omit": sorted(omitted)} if omitted else {})
    return whole


def _leaves(data: dict, prefix: str = "") -> Iterator[str]:
    """Yield the paths of all values that are not tables."""
    for name, value in data.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name
