"""Pages are read, not written to."""

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def safe_only(view):
    """Answer GET and HEAD; refuse every other method by its name (405), before any token is asked for."""
    return csrf_exempt(require_safe(view))
