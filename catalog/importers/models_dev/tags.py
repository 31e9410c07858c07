"""The records that models are tagged with or belong to, by the names that the feed has for them; made where missing."""

from catalog.models import Family, MergedRecord, Modality
from ops.http.slugs import slug_for


def by_slug(model, names: dict[str, str], makes: bool = True) -> dict[str, object]:
    """Return the records of `model` for the feed's names, each given with a name for readers.

    A record that is in the trash or a draft is that record all the same; one that was merged into
    another is that one. One that is not there is made, or else left out.
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
    """What stands for the record that had this address, if that was a duplicate."""
    row = MergedRecord.objects.of(model).filter(slug=slug).order_by("-pk").first()
    return row and model._base_manager.filter(pk=row.into_id).first()


def families(names, makes: bool = True) -> dict[str, Family]:
    return by_slug(Family, {name: name for name in names}, makes)


def modalities(names, makes: bool = True) -> dict[str, Modality]:
    """By their codes, which stay when an editor renames one; else as `by_slug`."""
    found = {record.code: record for record in Modality._base_manager.filter(code__in=set(names))}
    new = set(names) - found.keys()
    readable = {name: name.upper() if len(name) <= 3 else name.capitalize() for name in new}
    return found | by_slug(Modality, readable, makes)
