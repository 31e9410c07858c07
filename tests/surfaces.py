"""Every public address of the site, found from its URL map: a new one is tested without being listed here."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

from publishing.content.publishable import Publishable

# Served from files by name, or drawn from values in the address: not from records.
FILES = {"media", "partner-file", "share_image"}
# Shows drafts on purpose, to anyone with a link: tests/publishing/workflow/test_shared_page.py.
SHARED = {"shared"}
# Answers only to a text that is sent: test_visibility.py, tests/catalog/check/. The others only redirect.
SENT = {"api-check", "partners", "api-changelog"}
# The query without which a surface shows no records: the ids of a small world.
QUERIES = {"api-records": f"?ids={','.join(map(str, range(1, 51)))}"}
SUGGEST = ("suggest", "catalog:suggest")
# Those that show the models named in their query, and the parameter that names one.
ASKED = {"catalog:compare": "m", "catalog:cost": "m", "catalog:check": "models", **dict.fromkeys(SUGGEST, "q")}
# Values for the parameters of list pages: today's records are from this year.
LISTS = {("year",): lambda: {"year": timezone.localdate().year}}


@dataclass(frozen=True)
class Surface:
    """One pattern of the URL map: its full name, its parameters, and whether it belongs to the JSON API."""

    name: str
    parameters: tuple[str, ...]
    is_api: bool
    list_parameters: tuple[str, ...] = ()

    def path(self, **values) -> str:
        return reverse(self.name, kwargs=values or self.of_list()) + QUERIES.get(self.name, "")

    def of_list(self) -> dict:
        return LISTS.get(self.list_parameters, dict)()

    def paths(self, records) -> list[str]:
        """Return its one address and, if it shows a record, the addresses at which it would show one of `records`."""
        if self.name in ASKED:
            return [self.path(), *(path for record in records for path in self.paths_for(record))]
        if not self.parameters:
            return [self.path()]
        return [path for record in records for path in self.paths_for(record)]

    def paths_for(self, record) -> list[str]:
        """Return the addresses at which this surface would show `record`, if it showed such a record at all."""
        if self.name in ASKED:
            is_model = record._meta.label_lower == "catalog.aimodel"
            return [f"{self.path()}?{urlencode({ASKED[self.name]: record.slug})}"] if is_model else []
        if self.parameters == ("slug",):
            return [self.path(slug=record.slug)]
        if self.parameters == ("label", "pk", "number"):
            return [self.path(label=record._meta.label_lower, pk=record.pk, number=1)]
        assert self.parameters == ("id",), f"Teach tests/surfaces.py what {self.parameters} of {self.name} stand for."
        model = resolve(self.path(id=1)).func.cls().model
        return [self.path(id=key) for key in sorted(keys_of_rows_about(record, model))]


def surfaces() -> list[Surface]:
    found = []
    for pattern, prefix, names in _patterns(get_resolver(), "", []):
        if prefix.startswith(settings.ADMIN_PATH) or pattern.name in FILES | SHARED | SENT:
            continue
        assert pattern.name, f"Give {prefix} a name, so that tests can reach it."
        parameters = tuple(pattern.pattern.regex.groupindex)
        name = ":".join([*names, pattern.name])
        is_api = prefix.startswith("api/v")
        is_list = parameters in LISTS
        found.append(Surface(name, () if is_list else parameters, is_api, parameters if is_list else ()))
    return found


def paths_that_answer(client, records) -> list[str]:
    """Return an address with status 200 of every surface, for one of `records` if it shows one; fails without one."""
    found = []
    for surface in surfaces():
        paths = surface.paths(records)
        answering = next((path for path in paths if client.get(path).status_code == 200), None)
        assert answering, f"{surface.name} shows none of the records: {paths}"
        found.append(answering)
    return found


def page_types(client, records) -> dict[str, str]:
    """Return the address of one page of every kind, by the name of its surface.

    The longest of some thirty pages is taken, because it has most of what such a page can have. `records` are published
    ones of every kind.
    """
    by_name = {}
    for record in records:
        path = record.get_absolute_url()
        by_name.setdefault(resolve(path).view_name, []).append(path)
    found = {}
    for surface in surfaces():
        if surface.is_api:
            continue
        paths = by_name.get(surface.name) or surface.paths(records)
        lengths = {path: length_as_page(client.get(path)) for path in paths[:: len(paths) // 30 + 1]}
        longest = max(lengths, key=lengths.get)
        if lengths[longest]:
            found[surface.name] = longest
    return found


def length_as_page(response) -> int:
    """Return the length of the response's HTML in bytes; 0 if it is not a page."""
    is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
    return len(response.content) if is_page else 0


def keys_of_rows_about(record, model) -> set[int]:
    """Return the keys of the rows of `model` (which have no page) that refer to `record`, or to which rows about it
    refer.
    """
    found = set()
    for other in apps.get_models():
        if issubclass(other, Publishable):
            continue
        columns = [field for field in other._meta.concrete_fields if field.is_relation]
        names = ["pk"] if other is model else [field.attname for field in columns if field.related_model is model]
        for field in columns:
            if names and field.related_model is type(record):
                for row in other._base_manager.filter(**{field.name: record}).values_list(*names):
                    found.update(row)
    return found - {None}


def _patterns(resolver, prefix, names):
    for entry in resolver.url_patterns:
        text = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLPattern):
            yield entry, text, names
        else:
            yield from _patterns(entry, text, [*names, *filter(None, [entry.namespace])])
