"""The facts of a model in an order for readers. Each has a name that evidence and citations use: that of its field."""

from dataclasses import dataclass

from catalog.rules.choices import Kind, Openness
from catalog.rules.partial_dates import PartialDate

# In tokens only where text is taken or given by tokens; for the others the rows would say "unknown" of no question.
TOKEN_FACTS = {"context_tokens", "max_input_tokens", "max_output_tokens"}
KINDS_WITHOUT_TOKENS = {"image", "video", "audio"}
DATES = {"released_on", "knowledge_cutoff_on"}
TOKENS = "tokens"
CHOICES = {"kind": Kind, "openness": Openness}


@dataclass(frozen=True)
class Fact:
    """`value` is its text, "" when unknown; `records`, where the value is made of records with a page, are those."""

    name: str
    label: str
    value: str = ""
    unit: str = ""
    url: str = ""
    records: tuple = ()

    @property
    def is_known(self) -> bool:
        return bool(self.value or self.records)


FIELDS = {
    "kind": "Kind",
    "released_on": "Released",
    "knowledge_cutoff_on": "Knowledge until",
    "context_tokens": "Context",
    "max_input_tokens": "Longest input",
    "max_output_tokens": "Longest output",
    "parameters": "Parameters",
    "reasoning": "Reasoning",
    "tool_calls": "Tool calls",
    "structured_output": "Structured output",
    "attachments": "Attachments",
    "temperature": "Temperature can be set",
    "fine_tuning": "Fine-tuning",
    "openness": "Openness",
    "licence": "Licence",
}


def facts_of(model) -> list[Fact]:
    """Return all facts of an AIModel that came from `for_readers()`, unknown ones too."""
    family = model.public_family
    return [
        Fact("vendors", "Vendor" if len(model.public_vendors) < 2 else "Vendors", records=tuple(model.public_vendors)),
        *([Fact("family", "Family", records=(family,))] if family else []),
        Fact("input_modalities", "Takes", records=tuple(model.public_inputs)),
        Fact("output_modalities", "Gives", records=tuple(model.public_outputs)),
        *(_fact(model, name, label) for name, label in FIELDS.items() if _applies(model, name)),
    ]


def _applies(model, name: str) -> bool:
    return name not in TOKEN_FACTS or model.kind not in KINDS_WITHOUT_TOKENS or getattr(model, name) is not None


def _fact(model, name: str, label: str) -> Fact:
    unit = TOKENS if name in TOKEN_FACTS else ""
    url = model.licence_url if name == "licence" else ""
    return Fact(name, label, value_in_words(name, getattr(model, name)), unit, url)


def value_in_words(name: str, value) -> str:
    """Return what a column of that name holds as readers get it, "" for unknown."""
    if value is None or value == "":
        return ""
    if name in DATES:
        return str(PartialDate.parse(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(dict(CHOICES[name].choices).get(value, value) if name in CHOICES else value)
