"""The kinds of record: all subclasses of Publishable in installed apps."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache

from django.apps import apps
from django.urls import Resolver404, resolve

from publishing.content.publishable import Publishable


@cache
def kinds() -> tuple[type[Publishable], ...]:
    """Return the models under which records are found: those with a table, and proxies that divide one into kinds."""
    return tuple(model for model in apps.get_models() if issubclass(model, Publishable))


@cache
def publishable_models() -> tuple[type[Publishable], ...]:
    """Return the models with a table: each record belongs to one, and references use its name."""
    return tuple(model for model in kinds() if not model._meta.proxy)


def kind_named(label: str) -> type[Publishable] | None:
    """Return the one of `kinds()` with the label "articles.casestudy", or None."""
    return next((model for model in kinds() if model._meta.label_lower == label), None)


def publishable_model(label: str) -> type[Publishable] | None:
    """Return the model with a table with the label "catalog.aimodel", or None."""
    model = kind_named(label)
    return None if model is None or model._meta.proxy else model


def record_at(path: str) -> Publishable | None:
    """Return the record whose page has the URL `path`, public or not, unless it is in the trash. A query per kind."""
    model, key = keys_at([path]).get(path, (None, 0))
    return model and model.objects.filter(pk=key).first()


def keys_at(paths: Iterable[str]) -> dict[str, tuple[type[Publishable], int]]:
    """Return the model and primary key of the records whose pages have these URLs, as `record_at` does, by path."""
    slugs = {}
    for path in paths:
        with suppress(Resolver404):
            slugs[path] = resolve(path).kwargs.get("slug")
    keys_by_path = {}
    for model in publishable_models() if any(slugs.values()) else ():
        rows = model.objects.not_trashed().filter(slug__in=filter(None, slugs.values()))
        keys_by_path |= {path: (model, key) for key, path in model.addresses(rows).items() if path in slugs}
    return keys_by_path
