from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"
    # Models of the feed and of imports, whose changes to the catalogue appear in its own tables.
    unseen_models = (
        *("catalog.FeedState", "catalog.FeedEntry", "catalog.FeedMark"),
        # Derived by stamping, which reports its own changes.
        *("catalog.ModelSummary", "catalog.ModelPeriod", "catalog.OfferingSummary", "catalog.OfferingPeriod"),
        *("catalog.TimelineEntry", "catalog.FacetCount"),
        *("catalog.ImportRun", "catalog.ImportedRecord", "catalog.HeldRecord"),
    )

    def ready(self):
        for module in ("keeping", "after_commit"):
            import_module(f"catalog.sync.{module}")
