from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"

    def ready(self):
        for module in ("upkeep", "after_commit"):
            import_module(f"catalog.feed.{module}")
