"""Tags for the admin's templates."""

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def change_url(record) -> str:
    """The address where a record is edited."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
