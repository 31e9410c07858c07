"""Which kinds of record there are: whatever an installed app derives from Publishable."""

from functools import cache

from django.apps import apps

from publishing.models import Publishable


@cache
def publishable_models() -> tuple[type[Publishable], ...]:
    return tuple(model for model in apps.get_models() if issubclass(model, Publishable) and not model._meta.proxy)


def publishable_model(label: str) -> type[Publishable] | None:
    """The kind of record that `label` ("catalog.aimodel") names, or None."""
    return next((model for model in publishable_models() if model._meta.label_lower == label), None)
