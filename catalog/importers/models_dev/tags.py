"""Vendors, families and modalities by the names in the feed. Missing ones are created."""

from catalog.models import Family, MergedRecord, Modality
from ops.http.slugs import slug_for


def by_slug(model, names: dict[str, str], makes: bool = True) -> dict[str, object]:
    """Return the records of `model` for the feed's names; `names` maps each to a readable name.

    Records in the trash and drafts are used as well, and a merged record is replaced by the one that it was merged
    into. Missing records are created if `makes` is true, else left out.
    """
    slugs = {name: slug_for(name, model._meta.model_name) for name in names}
    found = {record.slug: record for record in model._base_manager.filter(slug__in=slugs.values())}
    for name, readable in names.items():
        if slugs[name] not in found:
            known = _merged(model, slugs[name]) or model._base_manager.filter(name__iexact=readable).first()
            known = known or (model.objects.create(name=readable, slug=slugs[name]) if makes else None)
            found |= {slugs[name]: known} if known else {}
    return {name: found[slug] for name, slug in slugs.items() if slug in found}


def _merged(model, slug: str):
    """Return the record into which the former record with this slug was merged, or None."""
    row = MergedRecord.objects.of(model).filter(slug=slug).order_by("-pk").first()
    return row and model._base_manager.filter(pk=row.into_id).first()


def families(names, makes: bool = True) -> dict[str, Family]:
    return by_slug(Family, {name: name for name in names}, makes)


def modalities(names, makes: bool = True) -> dict[str, Modality]:
    """Return modalities by code, which does not change when an editor renames one; else as in `by_slug`."""
    found = {record.code: record for record in Modality._base_manager.filter(code__in=set(names))}
    new = set(names) - found.keys()
    readable = {name: name.upper() if len(name) <= 3 else name.capitalize() for name in new}
    return found | by_slug(Modality, readable, makes)
