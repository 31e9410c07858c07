"""Models that LiteLLM's map names, most at their vendor's own API, as entries like those in `models/`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from catalog.importers.litellm.offerings import COLUMNS, id_of
from catalog.importers.matching import bare_ids
from catalog.models import AIModel, Family
from catalog.rules.choices import ModelKind
from ops.http.slugs import slug_for
from ops.toml_files import toml_beside

MAP = Path(__file__).with_name("litellm.json")
LISTED = toml_beside(__file__, "listed.toml")
GROUPS = ("since_july", "others", "since_july_at_hosts", "others_at_hosts")
KIND_OF = {"image": ModelKind.IMAGE, "video": ModelKind.VIDEO, "audio": ModelKind.AUDIO, "embedding": ModelKind.ENCODER}
OUTPUT_OF = {
    **{"chat": ["text"], "responses": ["text"], "audio_transcription": ["text"], "embedding": ["embedding"]},
    **{"image_generation": ["image"], "video_generation": ["video"], "audio_speech": ["audio"]},
}
# What the map says beside the modalities, or instead of them.
INPUTS = {
    "supports_vision": "image",
    "supports_embedding_image_input": "image",
    "input_cost_per_image_token": "image",
    "supports_audio_input": "audio",
    "supports_video_input": "video",
    "supports_pdf_input": "pdf",
}
NEW = "models.dev did not have it on 2 July 2026; LiteLLM had it on 24 November."
SUM = "The sum of its limits for input and output."


def keys() -> Iterator[str]:
    """Yield the keys of the map that listed.toml names."""
    for group in GROUPS:
        for names in LISTED[group].values():
            yield from names


def listed_models() -> list[dict[str, Any]]:
    """Return the models of listed.toml with the facts that the snapshot of the map gives."""
    data = orjson.loads(MAP.read_bytes())
    return [
        _model(vendor, key, [spelling] if isinstance(spelling, str) else spelling, data[key], group)
        for group in GROUPS
        for vendor, names in LISTED[group].items()
        for key, spelling in names.items()
    ]


def _model(vendor: str, key: str, names: list[str], data: dict, group: str) -> dict[str, Any]:
    name, *more = names
    outputs = data.get("supported_output_modalities") or OUTPUT_OF.get(data["mode"], [])
    takes = data.get("supported_modalities") or (["audio"] if data["mode"] == "audio_transcription" else ["text"])
    inputs = [*dict.fromkeys([*takes, *(kind for flag, kind in INPUTS.items() if data.get(flag))])]
    facts = {column.name: data[column.path] for column in COLUMNS[:5] if column.path in data}
    kind = _kind(outputs, facts)
    if group.endswith("at_hosts"):
        facts = {}
    facts |= {"kind": kind}
    notes, events = {}, []
    if "max_input_tokens" in facts and data["mode"] in ("chat", "responses", "embedding"):
        if vendor != "openai":  # the others give no limit of input besides that of both
            facts["context_tokens"] = facts.pop("max_input_tokens")
        elif facts.get("reasoning"):
            facts["context_tokens"] = facts["max_input_tokens"] + facts["max_output_tokens"]
            notes["context_tokens"] = SUM
    if group.startswith("since_july"):
        facts["released_on"], notes["released_on"] = "2026", NEW
        events = [{"kind": "released", "date": "2026", "evidence": [_evidence([""], NEW)]}]
    values = {"vendors": [vendor], "input_modalities": inputs, "output_modalities": outputs} | facts
    evidence = [_evidence([fact], note) for fact, note in notes.items()]
    evidence.append(_evidence([fact for fact, value in values.items() if value not in ("", []) and fact not in notes]))
    api_id = id_of(key, data["litellm_provider"])
    ids = dict.fromkeys([api_id, next(bare_ids(api_id)), *more])
    return facts | {
        **{"slug": slug_for(name, "model"), "name": name, "vendors": [vendor]},
        **{"inputs": inputs, "outputs": outputs, "evidence": evidence, "events": events},
        "api_ids": [alias for alias in ids if alias.lower() != name.lower()],
    }


def add_families() -> None:
    """Put the models into their families, which the import of models.dev has made."""
    families = dict(Family.objects.values_list("slug", "pk"))
    for name, slug in LISTED["family"].items():
        if slug in families:
            AIModel.objects.filter(slug=slug_for(name, "model")).update(family=families[slug])


def _kind(outputs: list[str], facts: dict[str, Any]) -> str:
    """Return the kind if the outputs leave no doubt, else ""; a model of text that reasons or calls tools is one of
    language."""
    if outputs == ["text"]:
        return ModelKind.LANGUAGE if facts.get("reasoning") or facts.get("tool_calls") else ""
    return KIND_OF.get(outputs[0], "") if len(outputs) == 1 else ""


def _evidence(facts: list[str], note: str = "") -> dict[str, Any]:
    return {"source": "litellm", "facts": facts, "is_checked": False, "note": note}
