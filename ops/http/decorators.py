"""Decorators for read-only views."""

from collections.abc import Callable

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def safe_only(view: Callable) -> Callable:
    """Allow GET and HEAD; refuse every other method with 405, without the CSRF check that would answer 403 first."""
    return csrf_exempt(require_safe(view))
