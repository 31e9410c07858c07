"""The makers and modalities of models, as readers may see them, all by one query."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import CharField, Value

from catalog.models import AIModel, Modality, ModelInputModality, ModelOutputModality, ModelVendor, Vendor

LINKS = {
    "vendor_links": (ModelVendor, Vendor),
    "input_links": (ModelInputModality, Modality),
    "output_links": (ModelOutputModality, Modality),
}
COLUMNS = ("id", "name", "slug")


def fill_public_links(models: Iterable[AIModel]) -> None:
    """Give each what `with_public_links()` gives, by one query in the place of three. Of a tag only its name and
    address are read; whatever else is asked of it is fetched then."""
    models = list(models)
    found = defaultdict(list)
    parts = [_links(name, [model.pk for model in models]) for name in LINKS]
    rows = parts[0].union(*parts[1:], all=True).order_by() if models else []
    for name, pk, *values in sorted(rows, key=lambda row: (row[3], row[2])):
        through, tag = LINKS[name]
        found[name, pk].append(through(tag=tag.partly_fetched(dict(zip(COLUMNS, values, strict=True)))))
    for model in models:
        for name in LINKS:
            setattr(model, f"public_{name}", found[name, model.pk])


def _links(name: str, keys: list[int]):
    through, tag = LINKS[name]
    rows = through.objects.filter(content_object__in=keys, tag__in=tag.objects.published()).order_by()
    kind = Value(name, output_field=CharField())
    return rows.values_list(kind, "content_object_id", "tag_id", "tag__name", "tag__slug")
