"""Addresses of the admin's pages."""

from django.urls import reverse


def admin_url(of, name: str, *args) -> str:
    """Return the address of a page of the admin of a model, a record, or a ModelAdmin."""
    opts = getattr(of, "opts", None) or of._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)
