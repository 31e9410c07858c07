"""Load the starter content into a new site."""

import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import cast

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.staleness import mark_reviewed
from publishing.revisions.models import Revision
from publishing.richtext.table_element import MARK
from publishing.site.models import SiteSettings

TABLE = re.compile(rf'{re.escape(MARK)}([a-z_]+\.[a-z_]+)\?[^"]+"')
ROW = re.compile(r"\brecord=([\w-]+)")
REFERENCE = re.compile(r'"(?P<scheme>ref|fact):(?P<label>[a-z_]+\.[a-z_]+)/(?P<slug>[^"/]+)(?P<fact>/\w[^"]*)?"')
VARIANT = re.compile(r"\{([a-z_]+\.[a-z_]+)/([^{}]+)\}")


def is_new_site() -> bool:
    """Return whether the database is unused: it has no accounts and no records, drafts and trash included."""
    models = [get_user_model(), *publishable_models()]
    return not any(model._base_manager.exists() for model in models)


def load_starter(report: Callable[[str], object], *, leaves_rest: bool = False) -> None:
    """Run `load()` of each app's module `starter`, then `load_rest(report)` of those that have it, unless that is left
    to the worker; then confirm the facts in all texts.

    In one transaction: a partly loaded site would not count as new at the next start and would stay incomplete.
    """
    with transaction.atomic():
        SiteSettings.objects.filter(answer_days=None).update(answer_days=2)
        for module in _modules():
            module.load()
        if not leaves_rest:
            load_rest(report)
        confirm_facts()


def load_rest(report: Callable[[str], object]) -> None:
    """Load what `load_starter` left, if it left any. It can be killed and called again."""
    for module in _modules():
        if hasattr(module, "load_rest"):
            module.load_rest(report)


def confirm_facts() -> None:
    """Confirm the facts as they are now in all texts but those that a user has saved, who alone can confirm them."""
    of_users = set(Revision.objects.exclude(author=None).values_list("record_type", "record_id"))
    for kind, key in Reference.objects.order_by().values_list("source_type", "source_id").distinct():
        if (kind, key) in of_users:
            continue
        record = ContentType.objects.get_for_id(kind).get_object_for_this_type(pk=key)
        mark_reviewed(cast(Publishable, record))


def firm_texts() -> dict[str, list[Publishable]]:
    """Return the starter's texts that state something of the firm, by group; those in the trash are left out."""
    groups = {}
    for module in sorted(_modules(), key=lambda module: module.__name__):
        groups |= {title: list(texts) for title, texts in getattr(module, "firm_texts", dict)().items()}
    return groups


def follow_settings(before: SiteSettings, site: SiteSettings, user: AnyUser) -> list[str]:
    """Bring the answers that consist of settings in line with these, which `user` has saved. Return the problems."""
    return [
        problem
        for module in _modules()
        if hasattr(module, "follow_settings")
        for problem in module.follow_settings(before, site, user)
    ]


def _modules() -> list[ModuleType]:
    """Return the module `starter` of each app. This package has one of that name too, but without content."""
    names = [config.name for config in apps.get_app_configs() if config.name != "publishing"]
    return [import_module(f"{name}.starter") for name in names if find_spec(f"{name}.starter")]


def with_primary_keys(html: str) -> str:
    """Return `html` with slugs in references (`ref:catalog.aimodel/gpt-4`), facts
    (`fact:catalog.aimodel/gpt-4/input_price_at_{catalog.provider/openai}?up%20to%20{}`) and comparison tables replaced
    by primary keys. Raises LookupError for an unknown kind, ObjectDoesNotExist for a missing record.
    """

    def with_key(match):
        fact = VARIANT.sub(lambda variant_match: str(_key(*variant_match.groups())), match["fact"] or "")
        return f'"{match["scheme"]}:{match["label"]}/{_key(match["label"], match["slug"])}{fact}"'

    def with_keys(match):
        return ROW.sub(lambda row: f"record={_key(match[1], row[1])}", match[0])

    return REFERENCE.sub(with_key, TABLE.sub(with_keys, html))


def _key(label: str, slug: str) -> int:
    return apps.get_model(label)._base_manager.get(slug=slug).pk
