"""The admin of what all apps share. Apps build theirs on `publishing.admin.base`."""

from publishing.admin import image, redirect, site_settings

__all__ = ["image", "redirect", "site_settings"]
