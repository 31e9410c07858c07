"""Limits, stored figures and tables of the page benchmark."""

import json
from pathlib import Path

from tests.config.running import PROJECT

STAGES = ("before", "after")
RESULTS = Path(__file__).parent / "results"
DOCUMENT = PROJECT / "docs" / "performance.md"
MARK = "<!-- The rest is written by make bench. -->\n"
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LEAST, PER_KB = 4, 0.15
API_LISTS = {"api-models-list (100)": 3, "api-offerings-list (100)": 3}
ADMIN_PAGES = {"admin:index": 10, "admin:publishing_needs_review": 10}
GROWTH = 1.5


def limit(label: str, size: int, page: dict, first: dict | None) -> float | None:
    """Return how many times the skeleton's processor time a page may cost; None for admin pages without a limit.

    `first` is the page at the first size: a page that is larger at the second one may cost more in proportion.
    """
    if label in ADMIN_PAGES:
        return ADMIN_PAGES[label]
    if label.startswith("admin:"):
        return None
    if size > 1 and first:
        return GROWTH * first["times"] * max(1, page["bytes"] / first["bytes"])
    return API_LISTS.get(label) or max(LEAST, PER_KB * page["bytes"] / 1000)


def _path(stage: str, database: str, size: int) -> Path:
    return RESULTS / f"{stage}-{database}-{size}.json"


def store(stage: str, database: str, size: int, run: dict, is_whole: bool = True):
    """Store a run; an incomplete run replaces only its own pages in the stored run."""
    RESULTS.mkdir(exist_ok=True)
    old = None if is_whole else stored(stage, database, size)
    if old:
        run = old | {"pages": old["pages"] | run["pages"]}
    _path(stage, database, size).write_text(json.dumps(run, indent=1) + "\n")


def stored(stage: str, database: str, size: int) -> dict | None:
    path = _path(stage, database, size)
    return json.loads(path.read_text()) if path.exists() else None


def limits(database: str, size: int, run: dict, stage: str) -> dict[str, float | None]:
    """Return the limit of each page of a run; at the second size from the stored first size of the same stage."""
    first = (stored(stage, database, 1) or stored("before", database, 1)) if size > 1 else None
    pages = first["pages"] if first else {}
    return {label: limit(label, size, page, pages.get(label)) for label, page in run["pages"].items()}


def table(database: str, size: int, run: dict, stage: str = "after") -> str:
    """Return a Markdown table of a run, its slowest pages first, beside the ratios stored before."""
    old = stored("before", database, size) or {"pages": {}}
    most = limits(database, size, run, stage)
    over = [label for label, page in run["pages"].items() if _is_over(page, most[label])]
    lines = [
        f"The skeleton took {run['skeleton_ms']} ms. {len(over)} of {len(run['pages'])} pages are over their limit.",
        "",
        "| page | kB | queries | SQL ms | ms | × per kB | × before | × after | limit |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for label, page in sorted(run["pages"].items(), key=lambda item: -item[1]["times"]):
        kilobytes, before = page["bytes"] / 1000, old["pages"].get(label)
        cells = [
            label,
            f"{kilobytes:,.1f}",
            page["queries"],
            f"{page['sql_ms']:,.1f}",
            f"{page['ms']:,.1f}",
            f"{page['times'] / kilobytes:.2f}" if kilobytes >= 1 else "",
            _times(before, most[label] if stage == "before" else None),
            _times(page, most[label]) if stage == "after" else "",
            "" if most[label] is None else f"{most[label]:.1f}",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _is_over(page: dict, most: float | None) -> bool:
    return most is not None and page["times"] > most


def _times(page: dict | None, most: float | None) -> str:
    if page is None:
        return ""
    return f"**{page['times']:.1f}**" if _is_over(page, most) else f"{page['times']:.1f}"


def write_document():
    """Write the tables of all stored figures into the document, below its text."""
    parts = [DOCUMENT.read_text().partition(MARK)[0] + MARK]
    for database, title in TITLES.items():
        for size in (1, 2):
            stage = next((stage for stage in reversed(STAGES) if stored(stage, database, size)), None)
            if stage:
                text = table(database, size, stored(stage, database, size), stage)
                parts.append(f"\n## {title}, size {size}\n\n{text}\n")
    DOCUMENT.write_text("".join(parts))
