"""/metrics, in the text format of Prometheus (version 0.0.4). It is there only with METRICS_TOKEN."""

from itertools import chain

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare

from publishing.errors import error_response
from publishing.metrics import readings, requests
from publishing.safety import safe_only

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "vitrine_"
# Each returns a list of (name, type, help, samples), samples being (suffix, labels, value).
SOURCES = (requests.families, readings.families)


@safe_only
def metrics(request):
    """Whoever asks says `Authorization: Bearer` and the token. What is told names nobody and nothing that was asked."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_known = scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    if not settings.METRICS_TOKEN or not is_known:
        response = error_response(request, 403, "This is for the program that watches the site, and its token.")
    else:
        response = HttpResponse(text_of(chain(*(source() for source in SOURCES))), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def text_of(families) -> str:
    """Return families of samples, as SOURCES give them, in the text format."""
    lines = []
    for name, kind, about, samples in families:
        lines += [f"# HELP {PREFIX}{name} {about}", f"# TYPE {PREFIX}{name} {kind}"]
        for suffix, labels, value in samples:
            said = ",".join(f'{label}="{word}"' for label, word in labels.items())
            lines.append(f"{PREFIX}{name}{suffix}{f'{{{said}}}' if said else ''} {value:.17g}")
    return "\n".join([*lines, ""])
