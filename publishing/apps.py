from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules


class PublishingConfig(AppConfig):
    name = "publishing"
    default = True
    verbose_name = "Site, pictures and redirects"  # what the admin shows of it

    def ready(self):
        autodiscover_modules("due", "citing", "comparing", "gaps", "naming", "preflight")


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "publishing.admin_site.Site"
    default = False

    def ready(self):
        super().ready()
        # Our tags and keys are models of their own; those of the packages would stand beside them, empty.
        admin.site.unregister([apps.get_model("taggit.Tag"), apps.get_model("rest_framework_api_key.APIKey")])
        # It would show the secrets of others.
        admin.site.unregister(apps.get_model("otp_totp.TOTPDevice"))
