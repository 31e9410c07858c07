"""Which kinds of record there are: whatever an installed app derives from Publishable."""

from functools import cache

from django.apps import apps
from django.urls import Resolver404, resolve

from publishing.content.publishable import Publishable


@cache
def kinds() -> tuple[type[Publishable], ...]:
    """The models under whose names records are found: those with a table, and proxies that divide one into kinds."""
    return tuple(model for model in apps.get_models() if issubclass(model, Publishable))


@cache
def publishable_models() -> tuple[type[Publishable], ...]:
    """The models with a table: each record is of one of them, and references name it."""
    return tuple(model for model in kinds() if not model._meta.proxy)


def kind_named(label: str) -> type[Publishable] | None:
    """The one of `kinds()` that `label` ("articles.casestudy") names, or None."""
    return next((model for model in kinds() if model._meta.label_lower == label), None)


def publishable_model(label: str) -> type[Publishable] | None:
    """The model with a table that `label` ("catalog.aimodel") names, or None."""
    model = kind_named(label)
    return None if model is None or model._meta.proxy else model


def record_at(path: str) -> Publishable | None:
    """The record, public or not but not in the trash, whose page has the address `path`. A query for each kind."""
    try:
        slug = resolve(path).kwargs.get("slug")
    except Resolver404:
        return None
    for model in publishable_models() if slug else ():
        record = model.objects.kept().filter(slug=slug).first()
        if record and record.get_absolute_url() == path:
            return record
    return None
