from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules


class PublishingConfig(AppConfig):
    name = "publishing"
    default = True
    verbose_name = "Site, pictures and redirects"  # what the admin shows of it
    # What no page shows to readers (ops.page_cache.unseen_tables), of this app and of the packages that we use.
    unseen_models = (
        *("publishing.Claim", "publishing.ClaimPattern", "publishing.Comment", "publishing.CompiledText"),
        *("publishing.DismissedGap", "publishing.Miss"),
        *("publishing.NameMention", "publishing.NameRule"),
        *("publishing.Partner", "publishing.PartnerKey", "publishing.RecoveryCode", "publishing.Revision"),
        *("publishing.ShareLink", "publishing.StarterRecord", "publishing.TextSweep"),
        *("auth.User", "auth.User_groups", "auth.User_user_permissions", "auth.Group", "auth.Group_permissions"),
        *("auth.Permission", "admin.LogEntry", "sessions.Session", "rest_framework_api_key.APIKey"),
        *("axes.AccessAttempt", "axes.AccessAttemptExpiration", "axes.AccessFailureLog", "axes.AccessLog"),
        *("otp_totp.TOTPDevice", "django_tasks_database.DBTaskResult"),
    )
    # Counted with each reader who comes that way; and what editors are told when it is not true any more.
    unseen_fields = (
        "publishing.Redirect.hits",
        "publishing.Redirect.last_hit_at",
        "publishing.Reference.known",
        "publishing.Reference.stale_from",
        "publishing.Reference.compare_at",
    )

    def ready(self):
        autodiscover_modules("jobs", "gaps", "preflight", "integration")
        modules = ("rendering.tables.freeze", "workflow.jobs", "workflow.next_change", "workflow.backup_policy")
        for module in modules:
            import_module(f"publishing.{module}")


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "publishing.admin.admin_site.Site"
    default = False

    def ready(self):
        # Not by the package, which is imported while the site itself is being made.
        for module in (
            "claim",
            "claim_pattern",
            "gaps",
            "image",
            "naming",
            "partner",
            "people",
            "redirect",
            "site_history",
            "site_settings",
        ):
            import_module(f"publishing.admin.{module}")
        super().ready()
        # Our tags and keys are models of their own; those of the packages would stand beside them, empty.
        admin.site.unregister([apps.get_model("taggit.Tag"), apps.get_model("rest_framework_api_key.APIKey")])
        # It would show the secrets of others.
        admin.site.unregister(apps.get_model("otp_totp.TOTPDevice"))
