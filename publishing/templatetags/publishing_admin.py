"""Template tags of the admin."""

from django import template
from django.utils.safestring import SafeString

from ops.http import urls as addresses

register = template.Library()

register.simple_tag(addresses.change_url)


@register.simple_tag
def marked_text(html: str) -> SafeString:
    """Render one side of a diff, which `publishing.revisions.diff` has sanitised."""
    return SafeString(html)  # nosec B703
