"""The changelog of the API, latest first, and its deprecations, which responses announce in their headers."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import http_date

from ops.http.urls import absolute
from publishing.pages.feeds import Feed, FeedItem, tag_named

NOTICE = timedelta(days=180)


@dataclass(frozen=True)
class Deprecated:
    """A part of the API that ends with the day `until`, at the earliest 180 days after its deprecation.

    `route` is the name of its URL, such as "api-models-list"; `field` or `parameter`, if only that is deprecated.
    """

    route: str
    until: date
    field: str = ""
    parameter: str = ""


@dataclass(frozen=True)
class ApiChange:
    """An entry of the changelog. `key` is its permanent anchor on the page and its id in the feed."""

    key: str
    on: date
    title: str
    text: str
    deprecates: tuple[Deprecated, ...] = ()

    def __post_init__(self):
        for part in self.deprecates:
            if part.until - self.on < NOTICE:
                raise ValueError(f"{self.key}: what is deprecated stays for {NOTICE.days} days at least.")

    @property
    def at(self) -> datetime:
        return start_of(self.on)

    @property
    def path(self) -> str:
        return f"{reverse('api-changelog')}#{self.key}"


def _change(entry: dict) -> ApiChange:
    return ApiChange(**entry | {"deprecates": tuple(Deprecated(**part) for part in entry.get("deprecates", ()))})


CHANGES = [_change(entry) for entry in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["change"]]


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def deprecation_headers(route: str, changes=None) -> dict[str, str]:
    """Return the deprecation headers for the URL named `route`: none, or `Deprecation` (RFC 9745), `Sunset` (RFC 8594)
    and `Link`. If several parts are deprecated, each header has the earliest time."""
    found = [(change, part) for change in changes or CHANGES for part in change.deprecates if part.route == route]
    if not found:
        return {}
    links = [f'<{absolute(change.path)}>; rel="deprecation"; type="text/html"' for change, _ in found]
    ends = min(start_of(part.until) for _, part in found)
    return {
        "Deprecation": f"@{min(int(change.at.timestamp()) for change, _ in found)}",
        "Sunset": http_date(ends.timestamp()),
        "Link": ", ".join(dict.fromkeys(links)),
    }


def mark_deprecated(document: dict, changes=None):
    """Mark deprecated parts in an OpenAPI document. Raises KeyError for parts that the document does not have."""
    for part in (part for change in changes or CHANGES for part in change.deprecates):
        operation = document["paths"][_path_of(part.route, document)]["get"]
        if part.parameter:
            (found,) = (found for found in operation["parameters"] if found.get("name") == part.parameter)
            found["deprecated"] = True
        elif part.field:
            fields = _fields_of(operation, document)
            fields[part.field] = {**fields[part.field], "deprecated": True}
        else:
            operation["deprecated"] = True


def _fields_of(operation: dict, document: dict) -> dict:
    """Return the fields of the record in a response, of the items in a list, or of the document in a feed entry."""
    schemas = document["components"]["schemas"]

    def fields(schema: dict) -> dict:
        return schemas[schema["$ref"].rpartition("/")[2]]["properties"] if "$ref" in schema else schema["properties"]

    found = fields(operation["responses"]["200"]["content"]["application/json"]["schema"])
    for name in ("items", "data"):
        if name in found:
            found = fields(found[name].get("items", found[name]))
    return found


def _path_of(route: str, document: dict) -> str:
    """Return the path in the document for the URL named `route`, of a list or of its records."""
    if not route.endswith("-detail"):
        return reverse(route)
    collection = reverse(f"{route.removesuffix('detail')}list")
    return next(path for path in document["paths"] if path.startswith(f"{collection}{{"))


def changelog_feed(title: str, description: str, path: str) -> Feed:
    """Return the feed of the changelog; `path` is its own address."""
    items = [_item(change) for change in CHANGES]
    return Feed(title, description, absolute(path), absolute(reverse("api-changelog")), items)


def _item(change: ApiChange) -> FeedItem:
    return FeedItem(
        id=tag_named(f"api.change/{change.key}"),
        url=absolute(change.path),
        title=change.title,
        summary=change.text,
        html=format_html("<p>{}</p>", change.text),
        published_at=change.at,
        changed_at=change.at,
    )
