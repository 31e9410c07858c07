from importlib import import_module

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "ops"
    verbose_name = "Operations"
    unseen_models = ("ops.DueJob",)

    def ready(self) -> None:
        for module in ("backups.regular", "page_cache.write_detection", "page_cache.triggers"):
            import_module(f"ops.{module}")
