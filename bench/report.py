"""Targets and the table of the page benchmark."""

from typing import NamedTuple


class Target(NamedTuple):
    """The most that a page may cost at the first size. None where there is no target."""

    times: float | None = None  # of the skeleton's processor time
    times_per_kb: float | None = None  # for pages whose length depends on the reader's choice
    queries: int | None = None


TEXT, LIST, SHORT = Target(6, queries=8), Target(6.5, queries=6), Target(3.3, queries=8)
TARGETS = {
    "home": Target(9, queries=10),
    "search (words)": Target(5.5),
    "articles:article (40 facts)": TEXT,
    "articles:service": TEXT,
    "articles:case_study": TEXT,
    "articles:page": TEXT,
    "articles:list": LIST,
    "articles:author (largest)": SHORT,
    "faq:detail": SHORT,
    "faq:list": Target(8, queries=6),
    "catalog:model (30 offerings)": Target(9, queries=7),
    "catalog:retiring": Target(8.5, queries=6),
    "catalog:compare (four models)": Target(6),
    "catalog:list (two facets)": Target(times_per_kb=0.09, queries=6),
    "catalog:provider (600 offerings)": Target(5),
    "catalog:vendor (largest)": Target(5),
    "catalog:family (largest)": Target(5),
    "api-models-list (100)": Target(2.2),
    "api-offerings-list (100)": Target(2.2),
    "admin:index": Target(10),
}
GROWTH = 1.5  # the most that a page may cost at the second size, times its own first size for as many bytes


def misses(label: str, page: dict, first_size: dict | None = None) -> list[str]:
    """Return the columns in which a page is over its target: "times", "queries".

    `first_size` has the pages of the first size where `page` is of the second.
    """
    if first_size is not None:
        first = first_size.get(label)
        if first is None or label.startswith("admin:"):
            return []
        return ["times"] * (page["times"] > GROWTH * first["times"] * max(1, page["bytes"] / first["bytes"]))
    target = TARGETS.get(label, Target())
    limits = [target.times, target.times_per_kb and target.times_per_kb * page["bytes"] / 1000]
    most = {"times": next(filter(None, limits), None), "queries": target.queries}
    return [column for column, limit in most.items() if limit is not None and page[column] > limit]


def table(run: dict, baseline: dict | None = None, first_size: dict | None = None) -> str:
    """Return a Markdown table of a run, its slowest pages first, beside the run `baseline`; misses are bold."""
    former = baseline["pages"] if baseline else {}
    first_pages = first_size["pages"] if first_size else None
    missed = {label: misses(label, page, first_pages) for label, page in run["pages"].items()}
    lines = [
        f"The skeleton took {run['skeleton_ms']} ms. {sum(map(bool, missed.values()))} of {len(missed)} are over.",
        "",
        "| page | kB | queries | renders | ms | × | × before | queries before |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for label, page in sorted(run["pages"].items(), key=lambda item: -item[1]["times"]):
        before = former.get(label, {})
        marked = {"times": f"{page['times']:.2f}", "queries": str(page["queries"])}
        marked |= {column: f"**{marked[column]}**" for column in missed[label]}
        cells = [
            label,
            f"{page['bytes'] / 1000:,.1f}",
            marked["queries"],
            page["renders"],
            f"{page['ms']:,.1f}",
            marked["times"],
            f"{before['times']:.2f}" if before else "",
            before.get("queries", ""),
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
