"""URLs of admin pages."""

from django.urls import reverse


def admin_url(of, name: str, *args) -> str:
    """Return the URL of an admin page of a model, a record, or a ModelAdmin."""
    opts = getattr(of, "opts", None) or of._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)
