"""What changed in the API itself, the latest first; and what is to go, which its answers say in their headers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import http_date

from publishing.addresses import absolute
from publishing.feeds import Feed, Item, tag_named

NOTICE = timedelta(days=180)


@dataclass(frozen=True)
class Deprecated:
    """A part of the API that ends with the day `until`, at the earliest 180 days after it was declared.

    `route` is the name of its address, as "api-models-list"; `field` or `parameter`, if it is only one of these.
    """

    route: str
    until: date
    field: str = ""
    parameter: str = ""


@dataclass(frozen=True)
class Change:
    """`key` is the anchor on the page and names the entry in the feed for good."""

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


CHANGES = [
    Change(
        "one-schema",
        date(2026, 11, 27),
        "One schema for each type of record",
        "Lists and single records of the catalogue are the records of the feed and of the export: type, id, seq, hash, "
        "changed_at and data. Beside them stand url, the page, and for models and offerings today: the status, the "
        "input and output price and, of an offering, the values that hold there with those of its model. The id of a "
        "model is its former public_id; last_changed_at has become changed_at. Evidence names its source by id; "
        "/sources/ lists sources, with their licences (SPDX). Offerings without a model are included. Without show, or "
        "with show=all, /models/ lists every model; the parameter unverified is gone. The OpenAPI document names the "
        "schema of each type, and its operations have verbs: list_models, get_model, list_changes, download_export.",
    ),
    Change(
        "bearer-and-repair",
        date(2026, 11, 27),
        "Bearer keys, repair of single records, one form of lists",
        "A key is sent as Authorization: Bearer KEY; any other form of the header is a 401. /records/?ids= sends "
        "single records, to repair a copy. List parameters, types among them, may be repeated or have commas. The "
        "Link of a 410 names the same types. After a 410, an item of the new walk replaces an older one whatever its "
        "seq. Filters take ids and former slugs. Integers are at most 2^53 - 1. Articles and answers have "
        "content_changed_at, which moves with the facts that they cite, also in the feeds. The guide for partners, "
        "mirror.py, test vectors and recorded answers are served below /partners/, where the licences are listed.",
    ),
    Change(
        "feed",
        date(2026, 11, 25),
        "Changes, export and manifest",
        "/changes/ sends every change of the catalogue once, deletions and merges included, so that a copy stays "
        "equal. /export/ is the whole catalogue as one file with its checksum. /manifest/ has the hash of each record "
        "and a digest of all, by which a copy is proved equal.",
    ),
    Change(
        "keys-and-quotas",
        date(2026, 11, 24),
        "Keys, quotas, and the filters of the site",
        "Reading still needs no key. Requests are counted for each network address, or for each partner with a key; "
        "RateLimit says what is left. Lists take the filters of the site. Documents have an id, as text, that stays "
        "when the slug changes; records answer by it, and lead on from older slugs, other names and merged records. A "
        "parameter that an endpoint does not know is refused.",
    ),
    Change(
        "version-1",
        date(2026, 11, 23),
        "Version 1",
        "Models, vendors, modalities, families, providers, offerings, articles and questions as JSON, in pages that "
        "miss nothing while records change.",
    ),
]


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def deprecation_headers(route: str, changes=None) -> dict[str, str]:
    """Return what answers of the address named `route` say of what is to go: nothing, or the headers `Deprecation`
    (RFC 9745), `Sunset` (RFC 8594) and `Link`. Of several parts each says the earliest moment."""
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
    """Say of what is to go in an OpenAPI document that it is. Raises KeyError for what is not in the document."""
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
    """The fields of the record that an operation shows, or of each that it lists; of one of the feed its document's."""
    schemas = document["components"]["schemas"]

    def fields(schema: dict) -> dict:
        return schemas[schema["$ref"].rpartition("/")[2]]["properties"] if "$ref" in schema else schema["properties"]

    found = fields(operation["responses"]["200"]["content"]["application/json"]["schema"])
    for name in ("items", "data"):
        if name in found:
            found = fields(found[name].get("items", found[name]))
    return found


def _path_of(route: str, document: dict) -> str:
    """The path in the document of the address named `route`: a list's, or that of its records."""
    if not route.endswith("-detail"):
        return reverse(route)
    collection = reverse(f"{route.removesuffix('detail')}list")
    return next(path for path in document["paths"] if path.startswith(f"{collection}{{"))


def changelog_feed(title: str, description: str, path: str) -> Feed:
    """Return the feed of the changes; `path` is its own."""
    items = [_item(change) for change in CHANGES]
    return Feed(title, description, absolute(path), absolute(reverse("api-changelog")), items)


def _item(change: Change) -> Item:
    return Item(
        id=tag_named(f"api.change/{change.key}"),
        url=absolute(change.path),
        title=change.title,
        summary=change.text,
        html=format_html("<p>{}</p>", change.text),
        published_at=change.at,
        changed_at=change.at,
    )
