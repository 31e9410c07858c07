from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.contrib.auth import apps as auth_apps
from django.utils.module_loading import autodiscover_modules


class PublishingConfig(AppConfig):
    name = "publishing"
    default = True
    verbose_name = "Site, images and redirects"  # as the admin shows it
    # Tables that no page shows to readers (ops.page_cache.write_detection), of this app and of third-party packages.
    unseen_models = (
        *("publishing.Claim", "publishing.Comment", "publishing.Comment_mentioned", "publishing.CompiledText"),
        *("publishing.DismissedGap", "publishing.Miss", "publishing.PageView", "publishing.Presence"),
        *("publishing.NameRule", "publishing.Partner", "publishing.PartnerKey", "publishing.Preferences"),
        *("publishing.RecoveryCode", "publishing.Revision", "publishing.ShareLink"),
        "publishing.TextSweep",
        *("auth.User", "auth.User_groups", "auth.User_user_permissions", "auth.Group", "auth.Group_permissions"),
        *("auth.Permission", "admin.LogEntry", "sessions.Session", "rest_framework_api_key.APIKey"),
        *("axes.AccessAttempt", "axes.AccessAttemptExpiration", "axes.AccessFailureLog", "axes.AccessLog"),
        *("otp_totp.TOTPDevice", "django_tasks_database.DBTaskResult"),
    )
    # Hit counts, which change with every use of a redirect, and the state of editors' staleness checks.
    unseen_fields = (
        "publishing.Redirect.hits",
        "publishing.Redirect.last_hit_at",
        "publishing.Reference.known",
        "publishing.Reference.stale_from",
        "publishing.Reference.compare_at",
    )

    def ready(self) -> None:
        autodiscover_modules("jobs", "gaps", "preflight", "inbox", "integration")
        modules = ("rendering.tables.stored", "workflow.jobs", "workflow.backups")
        for module in modules:
            import_module(f"publishing.{module}")


class UsersConfig(auth_apps.AuthConfig):
    """Django's users and groups under a name in sentence case."""

    verbose_name = "Users and groups"
    default = False


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin with our site as the default site."""

    default_site = "publishing.admin.admin_site.Site"
    default = False

    def ready(self) -> None:
        # Not imported by the package, which is loaded while the site itself is being created.
        for module in iter_modules([str(Path(__file__).with_name("admin"))]):
            import_module(f"publishing.admin.{module.name}")
        super().ready()
        # Our tags and keys have models of their own; those of the packages would be listed beside them, empty.
        admin.site.unregister([apps.get_model("taggit.Tag"), apps.get_model("rest_framework_api_key.APIKey")])
        # It would show the secrets of other people.
        admin.site.unregister(apps.get_model("otp_totp.TOTPDevice"))
