"""The files for partners below /partners/: the guide, the client, test vectors and recorded responses."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from ops.http.decorators import safe_only

DOCS = Path(settings.BASE_DIR) / "docs"
CONTENT_TYPES = {
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".py": "text/x-python; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
EXAMPLE_SITE = "https://www.example.com"


@cache
def partner_files() -> dict[str, Path]:
    """Return the guide, the client, test vectors and recorded responses by their names below /partners/."""
    names = ("partners.md", "mirror.py", "feed-vectors.json", "notices.txt")
    paths = [*(DOCS / name for name in names), *(DOCS / "fixtures").iterdir()]
    return {str(path.relative_to(DOCS)): path for path in paths}


@safe_only
def partner_file(request: HttpRequest, name: str) -> HttpResponse:
    """Serve one of the files; in the guide, commands use the address of this site."""
    path = partner_files().get(name)
    if path is None:
        raise Http404
    text = path.read_text()
    if name == "partners.md":
        text = text.replace(EXAMPLE_SITE, settings.SITE_URL)
    return HttpResponse(text, content_type=CONTENT_TYPES[path.suffix])
