"""What search engines and previews say of pages of the catalogue, in sentences of the facts that these show."""

from collections.abc import Iterable

from catalog.models import AIModel, Family, Modality, Provider, Vendor
from catalog.pages.model_page import ModelPage
from catalog.rules.status import Status
from ops.db.bounded_count import in_words

NAMED = 3  # models of a list


def model_description(model: AIModel, page: ModelPage, text: str) -> str:
    """Return prices, last day and limits of today; of an unverified model its notice. `text` is what editors wrote."""
    if model.is_unverified:
        return f"{model}: {model.notice or text}"
    vendors = " and ".join(vendor.name for vendor in page.vendors)
    facts = {fact.name: fact.text for fact in page.facts if fact.is_known and not fact.is_implausible}
    places = len(page.served_at)
    heir = page.heirs[-1]["name"] if page.heirs else ""
    today = "price and status unknown" if page.in_short == Status.UNKNOWN.label else page.in_short
    sentences = [
        f"{model}{f' by {vendors}' if vendors else ''}: {today[:1].lower()}{today[1:]}",
        f"Replacement: {heir}" if heir else "",
        f"Context window {facts['context_tokens']} tokens" if "context_tokens" in facts else "",
        f"Released {facts['released_on']}" if page.released_on and "released_on" in facts else "",
        f"Offered by {places} provider{'s' * (places > 1)}" if places else "",
        text.rstrip("."),
    ]
    return _joined(sentences)


def vendor_description(vendor: Vendor, number: int, names: Iterable[object], text: str) -> str:
    country = f", {vendor.country}" if vendor.country else ""
    listed = f"{_models(number)} by {vendor}{country}, with prices, limits and last days: {_first(number, names)}"
    none = f"AI models made by {vendor}{country}: none is on record yet"
    return _joined([listed if number else none, text.rstrip(".")])


def provider_description(provider: Provider, number: int, names: Iterable[object]) -> str:
    country = f", {provider.country}" if provider.country else ""
    listed = f"{_models(number)} at {provider}{country}, with prices and last days: {_first(number, names)}"
    none = f"AI models served by {provider}{country}: none is on record yet"
    return _joined([listed if number else none, provider.summary.rstrip(".")])


def family_description(family: Family, number: int, names: Iterable[object]) -> str:
    vendor = f" by {family.vendor}" if family.vendor and family.vendor.is_public else ""
    listed = f"{_models(number)} of the series {family}{vendor}, with prices and last days: {_first(number, names)}"
    none = f"AI models of the series {family}{vendor}: none is on record yet"
    return _joined([listed if number else none, family.summary.rstrip(".")])


def modality_description(modality: Modality, way: str, number: int, names: Iterable[object]) -> str:
    """`way` is "input" or "output"."""
    listed = f"{_models(number)} with {in_sentence(modality)} {way}, with prices and last days: {_first(number, names)}"
    none = f"AI models with {in_sentence(modality)} {way}: none is on record yet"
    return _joined([listed if number else none, modality.description.rstrip(".")])


def in_sentence(modality: Modality) -> str:
    name = str(modality)
    return name if name.isupper() else name.lower()  # "PDF" stays


def _models(number: int) -> str:
    return f"{in_words(number).shown} AI model{'s' * (number != 1)}"


def _first(number: int, names: Iterable[object]) -> str:
    """Return the first names of a list of `number` models: "A, B, C and more"."""
    first = [*dict.fromkeys(map(str, names))][:NAMED]
    if number > len(first):
        return f"{', '.join(first)} and more"
    return " and ".join(filter(None, [", ".join(first[:-1]), *first[-1:]]))


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(f"{sentence}." for sentence in sentences if sentence)
