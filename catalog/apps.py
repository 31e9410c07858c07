from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"
    # Tables of the feed and of imports; what these change for readers is in the tables of records.
    unseen_models = (
        *("catalog.FeedState", "catalog.FeedEntry", "catalog.FeedMark"),
        # Derived by stamping, which reports its own changes.
        *("catalog.ModelSummary", "catalog.ModelPeriod", "catalog.OfferingSummary", "catalog.OfferingPeriod"),
        *("catalog.TimelineEntry", "catalog.FacetCount"),
        *("catalog.ImportRun", "catalog.ImportedRecord", "catalog.HeldRecord", "catalog.TableImport"),
    )

    def ready(self) -> None:
        import_module("catalog.documents.sync.keeping")
