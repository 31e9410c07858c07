from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"
    # Of the feed and of imports; what those write into the catalogue stands in its own tables.
    unseen_models = (
        *("catalog.FeedState", "catalog.FeedEntry", "catalog.FeedMark"),
        # Derived when stamping, which says itself when it has written something.
        *("catalog.ModelSummary", "catalog.ModelPeriod", "catalog.OfferingSummary", "catalog.OfferingPeriod"),
        *("catalog.TimelineEntry", "catalog.FacetCount"),
        *("catalog.ImportRun", "catalog.ImportedRecord", "catalog.HeldRecord"),
    )

    def ready(self):
        for module in ("keeping", "after_commit"):
            import_module(f"catalog.sync.{module}")
