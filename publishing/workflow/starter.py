"""Load the starter content: each record once, without overwriting changes by editors."""

import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models, transaction

from publishing.content.registry import publishable_models
from publishing.quality.staleness import mark_reviewed
from publishing.richtext.table_element import MARK

TABLE = re.compile(rf'({re.escape(MARK)})([a-z_]+\.[a-z_]+)\?([^"]+)"')
REFERENCE = re.compile(r'"(?P<scheme>ref|fact):(?P<label>[a-z_]+\.[a-z_]+)/(?P<slug>[^"/]+)(?P<fact>/\w+[^"]*)?"')
VARIANT = re.compile(r"\{([a-z_]+\.[a-z_]+)/([^}]+)\}")


def is_new_site() -> bool:
    """Return whether the database is unused: it has no accounts and no records, drafts and trash included."""
    models = [get_user_model(), *publishable_models()]
    return not any(model._base_manager.exists() for model in models)


def load_starter(report: Callable[[str], object]) -> int:
    """Run `load(once)` of each app's module `starter`, in a transaction each; return the number of new records.

    What takes long is in `after_load(report)`, which uses transactions of its own and can be interrupted.
    """
    total = 0
    for config in apps.get_app_configs():
        # This package has a module of that name too, but no content.
        if config.name != "publishing" and find_spec(f"{config.name}.starter"):
            module = import_module(f"{config.name}.starter")
            with transaction.atomic():
                loader = StarterProgress()
                module.load(loader)
                loader.mark_texts_reviewed()
            report(f"{config.verbose_name}: {loader.created} new records, {loader.known} known from before.")
            if after_load := getattr(module, "after_load", None):
                after_load(report)
            total += loader.created
    return total


class StarterProgress:
    """Decides for each record of the starter content whether it must still be created."""

    def __init__(self):
        self.known = 0
        self._made: list[tuple] = []

    @property
    def created(self) -> int:
        return len(self._made)

    def mark_texts_reviewed(self):
        """Confirm the facts in the new texts, including those of records that were loaded after them."""
        for model, slug in self._made:
            mark_reviewed(model._base_manager.get(slug=slug))

    def needs(self, model: type[models.Model], slug: str) -> bool:
        """Return whether to create this record: not if it was loaded before, or if its address is taken."""
        key = f"{model._meta.label_lower}/{slug}"
        _, is_new = StarterRecord.objects.get_or_create(key=key)
        if is_new and not model._base_manager.filter(slug=slug).exists():
            self._made.append((model, slug))
            return True
        self.known += 1
        return False


def with_primary_keys(html: str) -> str:
    """Return `html` with slugs in references (`ref:catalog.aimodel/gpt-4`) and facts
    (`fact:catalog.aimodel/gpt-4/input_price_at_{catalog.provider/openai}?up%20to%20{}`) replaced by primary keys.

    The key of a deleted record is 0, so only its words are rendered. Raises LookupError for an unknown kind.
    """

    def with_key(match):
        fact = VARIANT.sub(lambda named: str(_key(*named.groups())), match["fact"] or "")
        return f'"{match["scheme"]}:{match["label"]}/{_key(match["label"], match["slug"])}{fact}"'

    return REFERENCE.sub(with_key, TABLE.sub(_rows_by_key, html))


def _key(label: str, slug: str) -> int:
    return apps.get_model(label)._base_manager.filter(slug=slug).values_list("pk", flat=True).first() or 0


def _rows_by_key(match) -> str:
    """Return the element of a comparison table with primary keys instead of slugs; missing records are left out."""
    mark, label, parameters = match.groups()
    kept = []
    for parameter in parameters.split("&amp;"):
        name, _, value = parameter.partition("=")
        if value := _key(label, value) if name == "record" else value:
            kept.append(f"{name}={value}")
    return f'{mark}{label}?{"&amp;".join(kept)}"'


class StarterRecord(models.Model):
    """A record of the starter content that is not loaded again, even if an editor changed, renamed or deleted it."""

    key = models.CharField(max_length=200, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.key
