"""Decorators for read-only views."""

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def safe_only(view):
    """Allow GET and HEAD; refuse every other method with 405, without the CSRF check that would answer 403 first."""
    return csrf_exempt(require_safe(view))
