"""Template tags of the admin."""

from typing import NamedTuple

from django import template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from ops.http import urls as addresses

register = template.Library()

register.simple_tag(addresses.change_url)


class ErrorLine(NamedTuple):
    """An error in the list above a form; `target` is the id of the element that it leads to."""

    target: str
    label: str
    words: str


@register.filter
def error_lines(field: BoundField) -> list[ErrorLine]:
    """Return the errors of a field; those of sections name and lead to the fields inside."""
    own_lines = getattr(field, "error_lines", None)
    if own_lines is not None:
        return own_lines()
    return [ErrorLine(f"{field.auto_id}_error", str(field.label), str(error)) for error in field.errors]


@register.simple_tag
def marked_text(html: str) -> SafeString:
    """Render one side of a diff, which `publishing.revisions.diff` has sanitised."""
    return SafeString(html)  # nosec B703
