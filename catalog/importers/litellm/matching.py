"""Match LiteLLM entries to our providers, offerings and models, or say why an entry has no match."""

import tomllib
from pathlib import Path
from typing import NamedTuple

from catalog.importers.entries import SourceEntry
from catalog.models import AIModel, Alias, ImportedRecord, Offering, Provider, RecordKind
from ops.http.slugs import slug_for

SCHEMA = "sample_spec"
PROVIDERS = tomllib.loads(Path(__file__).with_name("providers.toml").read_text("utf-8"))


class Match(NamedTuple):
    """The place of an entry in the catalogue. `model_id` is None if we have no model with that id."""

    provider_id: int
    api_id: str
    model_id: int | None


class Matching:
    """An index of the catalogue by name, loaded once."""

    def __init__(self):
        self.providers = dict(Provider.objects.not_trashed().values_list("slug", "pk"))
        self.offerings = set(Offering.objects.values_list("provider_id", "api_id"))
        linked = ImportedRecord.objects.filter(kind=RecordKind.MODEL, record_id__in=AIModel._base_manager.values("pk"))
        names = [
            *Alias.objects.values_list("text", "model_id"),
            *AIModel.objects.not_trashed().values_list("slug", "pk"),
            *((key.partition("/")[2], pk) for key, pk in linked.values_list("key", "record_id")),
        ]
        self.models = {name.lower(): pk for name, pk in names}

    def of(self, key: str, data: dict) -> Match | str:
        """Return the match of an entry, or the reason why it has none."""
        theirs = data.get("litellm_provider")
        if not isinstance(theirs, str):
            return "it names no provider"
        provider = self.providers.get(slug_of_provider(theirs))
        if provider is None:
            return f"no provider {theirs!r} is on record"
        api_id = id_of(key, theirs)
        model = self.models.get(api_id.lower()) or self.models.get(api_id.lower().rpartition("/")[2])
        if (provider, api_id) in self.offerings or model:
            return Match(provider, api_id, model)
        return f"{theirs} has no offering {api_id!r} on record, and no model is known by that id"


def slug_of_provider(name: str) -> str:
    family = "vertex_ai" if name.startswith("vertex_ai-") else name
    return PROVIDERS.get(family) or slug_for(family, "provider")


def id_of(key: str, provider: str) -> str:
    """Return the provider's own id: the key without LiteLLM's routing prefix."""
    prefix, slash, rest = key.partition("/")
    names = {provider, provider.partition("-")[0], provider.removesuffix("_converse"), provider.removesuffix("_chat")}
    return rest if slash and prefix in names else key


def entries_of(data) -> list[SourceEntry]:
    """Return all entries except the schema; an alias has the data of its target. [] if no entry names a provider."""
    values = data.values() if isinstance(data, dict) else ()
    if not any(isinstance(value, dict) and "litellm_provider" in value for value in values):
        return []
    return [
        SourceEntry(RecordKind.OFFERING, key, _whole(data, value), key) for key, value in data.items() if key != SCHEMA
    ]


def _whole(data, value):
    if not isinstance(value, dict) or "alias_of" not in value:
        return value
    other = data.get(value["alias_of"])
    return {**other, **value} if isinstance(other, dict) else value
