"""The names of catalogue records, for finding them in texts."""

from django.db.models import CharField, F, IntegerField, Value
from django.db.models.functions import Coalesce

from catalog.models import AIModel, Alias, Family, Provider, Vendor
from catalog.rules.choices import AliasKind, Existence
from publishing.quality.names.lexicon import MISSPELLING, OTHER, OWN, SPELLING, Naming, registered

FAMILY, MODEL, VENDOR, PROVIDER = (kind._meta.label_lower for kind in (Family, AIModel, Vendor, Provider))
ROLES = {
    AliasKind.API_ID: OTHER,
    AliasKind.MARKETING: OTHER,
    AliasKind.SPELLING: SPELLING,
    AliasKind.MISSPELLING: MISSPELLING,
}
# Words beside a name that confirm it, and among them those that confirm a short one such as “o3” anywhere in its block.
ABOUT = frozenset(
    ["model", "models", "llm", "llms", "api", "apis", "chatbot", "chatbots", "tokens", "prompt", "prompts"]
)
SUBJECT = ABOUT | {
    *("series", "family", "families", "assistant", "assistants", "encoder", "encoders", "tool", "tools"),
    *("generator", "generators", "checkpoint", "checkpoints", "weights", "version", "versions", "release", "releases"),
    *("prompt", "maker", "makers", "vendor", "vendors", "lab", "labs"),
}


def rows() -> list[tuple]:
    """Return the names of all public records in one query. Models have the vendor of their family or their own."""
    alias = [_text(MODEL), "model", F("model__slug"), F("model__name"), "text", "kind", _vendor("model__")]
    names = _names(Family, F("vendor")).union(
        _names(AIModel, _vendor()),
        _names(Vendor, F("pk")),
        _names(Provider, Value(None, output_field=IntegerField())),
        Alias.objects.filter(model__in=AIModel.objects.published()).order_by().values_list(*alias),
        all=True,
    )
    return [(*name, ROLES.get(role, role), vendor) for *name, role, vendor in names.order_by()]


def proposal(name: str, family: int | None, title: str) -> tuple[str, dict]:
    """Return the initial values of the form for a new model whose name was found in a text."""
    notice = f"Mentioned in “{title}”; no vendor source found." if title else ""
    return MODEL, {
        "name": name,
        "existence": Existence.UNVERIFIED.value,
        "family": family or "",
        "notice": notice[:500],
    }


registered.append(
    Naming(rows, (FAMILY, MODEL, VENDOR, PROVIDER), frozenset([FAMILY, MODEL]), VENDOR, SUBJECT, ABOUT, proposal)
)


def _names(model, vendor):
    return (
        model.objects.published()
        .order_by()
        .values_list(_text(model._meta.label_lower), "pk", F("slug"), F("name"), F("name"), _text(OWN), vendor)
    )


def _vendor(model: str = ""):
    return Coalesce(F(f"{model}family__vendor"), F(f"{model}vendors"))


def _text(text: str):
    return Value(text, output_field=CharField())
