from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules


class PublishingConfig(AppConfig):
    name = "publishing"
    default = True

    def ready(self):
        autodiscover_modules("due")


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "publishing.admin_site.Site"
    default = False
