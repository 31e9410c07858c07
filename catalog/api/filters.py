"""The filters of the endpoint of models: the same names and code as for the list on the site."""

from datetime import date

from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from catalog.browse.filters import NAMES, Filters
from catalog.groups import CHOICES, LINKS, MAX_TOKENS, PRICE_RANGES, RANGES, SHOW, StoredGroup
from publishing.api.filters import SLUG_SCHEMA, ParameterFilters, checked, listed, parameter, several, slugs_by_key
from publishing.search.query import MAX_LENGTH

ALL = "all"  # the page leaves names without a source out, the API returns all records
TEXT = {"type": "string"}
SEVERAL = (LINKS.keys() | CHOICES.keys()) - {"show"}
BOUNDS = {
    "context": ("Context window, in tokens", {"type": "integer", "minimum": 0, "maximum": MAX_TOKENS}, 128_000),
    **{
        price.name: (
            f"{price.label} today at the reference provider, or at that of `provider`, in USD per million tokens",
            {**TEXT, "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9})?$"},
            "0.50",
        )
        for price in PRICE_RANGES
    },
    "released": (
        "Release, as a year, a month or a day",
        {**TEXT, "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"},
        "2025-06",
    ),
}


def site_day() -> date:
    """Return today in the site's time zone, as on its pages; the endpoints themselves use UTC."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


class ModelFilters(ParameterFilters):
    """Filters entries of models by the parameters of the list on the site, except for order and view."""

    def names(self, view: object) -> set[str]:
        return {*NAMES}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: object) -> QuerySet:
        parameters = request.query_params
        filter_names = parameters.keys() & {*NAMES}
        if not filter_names:
            return queryset
        filters, is_of_all = _filters(parameters), parameters.get("show", ALL) == ALL
        models = filters.models(site_day(), but="show" if is_of_all else "")
        if filter_names - {"show"}:
            return queryset.filter(row_id__in=models.values("pk"))
        # Without a subquery of keys, because most or all entries match.
        return queryset if is_of_all else queryset.filter(Exists(models.filter(pk=OuterRef("row_id"))))

    def get_schema_operation_parameters(self, view: object) -> list[dict]:
        labels = ((name, label.replace("{firm}", "the firm of this site")) for name, label in SHOW.items())
        descriptions = "; ".join(f"`{name}`: {label}" for name, label in labels if name != ALL)
        return [
            parameter("q", "Search words, as on the site.", {**TEXT, "minLength": 1, "maxLength": MAX_LENGTH}),
            parameter("show", f"{descriptions}; `{ALL}`: every record.", {**TEXT, "enum": list(SHOW), "default": ALL}),
            *(
                several(name, f"{group.label}: a {group.of._meta.verbose_name}, by its slug or id.", SLUG_SCHEMA)
                for name, group in LINKS.items()
            ),
            *(_choices(name) for name in CHOICES if name in SEVERAL),
            *(_bound(range_, end) for range_ in RANGES.values() for end in range_.ends),
        ]


def _filters(parameters) -> Filters:
    site_parameters = QueryDict(mutable=True)
    site_parameters["show"] = ALL
    for name in parameters.keys() & {*NAMES}:
        site_parameters.setlist(name, checked(name, lambda name=name: _values(name, parameters.getlist(name))))
    try:
        return Filters.parse(site_parameters)
    except BadRequest as error:  # its first word is the name of the parameter
        raise ValidationError({str(error).split()[0]: [str(error)]}) from error


def _values(name: str, values: list[str]) -> list[str]:
    """Validate more strictly than the page, whose form also submits empty fields. Raises BadRequest."""
    if name in SEVERAL:
        values = listed(values)
        if name in LINKS:
            values = list(slugs_by_key(LINKS[name].of, values).values())
    elif len(values) > 1:
        raise BadRequest("This parameter can only be given once.")
    if any(not value or value != value.strip() for value in values):
        raise BadRequest("This is empty or has surrounding spaces.")
    if name == "q" and len(values[0]) > MAX_LENGTH:
        raise BadRequest(f"Enter at most {MAX_LENGTH} characters.")
    return values


def _choices(name: str) -> dict:
    group = CHOICES[name]
    values = TEXT if isinstance(group, StoredGroup) else {**TEXT, "enum": list(group.choices)}
    spec = several(name, f"{group.label}.", values)
    if name == "capability":
        spec["description"] = "Capabilities of the model. A model must have all of the values."
    return spec


def _bound(range_, end: str) -> dict:
    description, schema, example = BOUNDS[range_.name]
    side = "At least this" if end == range_.ends[0] else "At most this"
    return {**parameter(end, f"{description}. {side}; unknown values match no range.", schema), "example": example}
