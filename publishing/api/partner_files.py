"""The files for partners below /partners/: the guide, the client, test vectors and recorded responses."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from markdown_it import MarkdownIt

from ops.http.decorators import safe_only
from publishing.richtext import clean

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


@cache
def guide_section(title: str) -> str:
    """Return a section of the guide as HTML, without its heading."""
    _, _, rest = (DOCS / "partners.md").read_text("utf-8").partition(f"\n## {title}\n")
    return clean(MarkdownIt().render(rest.partition("\n## ")[0]))


def read_for_this_site(path: Path) -> str:
    """Return the text of a file with the address of this site in place of the example's."""
    return path.read_text("utf-8").replace(EXAMPLE_SITE, settings.SITE_URL)


@safe_only
def partner_file(request: HttpRequest, name: str) -> HttpResponse:
    """Serve one of the files; in the guide, commands use the address of this site."""
    path = partner_files().get(name)
    if path is None:
        raise Http404
    text = read_for_this_site(path) if name == "partners.md" else path.read_text("utf-8")
    return HttpResponse(text, content_type=CONTENT_TYPES[path.suffix])
