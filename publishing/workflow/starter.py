"""Loading the starter content: each record once, and never over what an editor did."""

import re
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction

from publishing.content.facts import citable
from publishing.content.registry import publishable_model, publishable_models
from publishing.quality.staleness import mark_reviewed
from publishing.richtext.table_element import MARK
from publishing.workflow.starter_record import StarterRecord

TABLE = re.compile(rf'({re.escape(MARK)})([a-z_]+\.[a-z_]+)\?([^"]+)"')
REFERENCE = re.compile(
    r'"(?P<scheme>ref|fact):(?P<label>[a-z_]+\.[a-z_]+)/(?P<slug>[^"/]+)(?P<fact>/(?P<name>\w+)[^"]*)?"'
)


class StarterContentError(Exception):
    """The starter content contradicts itself; the message says where."""


def is_new_site() -> bool:
    """Whether nobody has used this database: no record, not even a draft or one in the trash, and no account."""
    models = [get_user_model(), *publishable_models()]
    return not any(model._base_manager.exists() for model in models)


def load_starter(report) -> int:
    """Load the module `starter` of every app that has one, in the order of the apps; return the number of new records.

    Such a module has a function `load(once)`. `report(sentence)` is called as the work goes on. Each app is loaded
    whole or not at all, so that an interrupted load can be run again.
    """
    total = 0
    for config in apps.get_app_configs():
        # This module bears the name too, but holds no content.
        if config.name != "publishing" and find_spec(f"{config.name}.starter"):
            with transaction.atomic():
                loader = Once()
                import_module(f"{config.name}.starter").load(loader)
                loader.mark_texts_reviewed()
            report(f"{config.verbose_name}: {loader.created} new records, {loader.known} known from before.")
            total += loader.created
    return total


class Once:
    """Asks before each record of the starter content whether it is still to be made."""

    def __init__(self):
        self.known = 0
        self._made: list[tuple] = []

    @property
    def created(self) -> int:
        return len(self._made)

    def mark_texts_reviewed(self):
        """Texts say what is known of records that were loaded after them."""
        for model, slug in self._made:
            mark_reviewed(model._base_manager.get(slug=slug))

    def needs(self, model, slug: str) -> bool:
        """Whether to make this record. Not, if it was loaded before, or if somebody made one of that address."""
        key = f"{model._meta.label_lower}/{slug}"
        _, is_new = StarterRecord.objects.get_or_create(key=key)
        if is_new and not model._base_manager.filter(slug=slug).exists():
            self._made.append((model, slug))
            return True
        self.known += 1
        return False


def with_primary_keys(html: str) -> str:
    """Return `html` with each reference by address (`ref:catalog.aimodel/gpt-4`) turned into one by primary key, and
    so with facts (`fact:catalog.aimodel/gpt-4/context_tokens?up%20to%20{}`).

    One whose record is not there (an editor deleted it) becomes a link to nothing, which is rendered as its words.
    """

    def primary_key(match):
        label, slug = match["label"], match["slug"]
        model = publishable_model(label)
        if model is None:
            raise StarterContentError(f"There is no kind of record {label!r}.")
        if match["scheme"] == "fact" and (label not in citable or match["name"] not in citable[label].labels):
            raise StarterContentError(f"Of {label}/{slug} no fact {match['name']!r} can be cited.")
        pk = model._base_manager.filter(slug=slug).values_list("pk", flat=True).first()
        return f'"{match["scheme"]}:{label}/{pk or 0}{match["fact"] or ""}"'

    return REFERENCE.sub(primary_key, TABLE.sub(_rows_by_key, html))


def _rows_by_key(match) -> str:
    """The element of a comparison table with the keys of its rows, those that are there, in the place of slugs."""
    mark, label, parameters = match.groups()
    model = publishable_model(label)
    if model is None:
        raise StarterContentError(f"There is no kind of record {label!r}.")
    kept = []
    for parameter in parameters.split("&amp;"):
        name, _, value = parameter.partition("=")
        key = model._base_manager.filter(slug=value).values_list("pk", flat=True).first() if name == "record" else None
        if name != "record" or key:
            kept.append(f"{name}={key or value}")
    return f'{mark}{label}?{"&amp;".join(kept)}"'
