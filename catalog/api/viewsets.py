"""The endpoints of the catalogue: stored documents, joined as bytes."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import orjson
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from rest_framework.request import Request

from catalog.api.filters import ModelFilters, site_day
from catalog.documents.read import stamp_pending_changes
from catalog.documents.schema import record_name
from catalog.documents.sync.declaration import TYPES
from catalog.documents.sync.pages import record_head
from catalog.lifecycle.heirs import end_as_json, ends_and_replacements
from catalog.models import AIModel, Alias, FeedEntry, MergedRecord, ModelPeriod, ModelSummary, OfferingPeriod, Provider
from catalog.models.summaries import Period
from catalog.rules.prices import PRICES
from catalog.rules.status import Status
from ops.http.query_params import past_day
from ops.http.urls import absolute
from publishing.api.filters import RecordParameter, checked, given_once, parameter
from publishing.api.schemas import examples_in, ref
from publishing.api.viewsets import KEY, SLUG, PublishableViewSet
from publishing.content.publishable import Publishable, PublishableQuerySet

COLUMNS = ("seq", "type", "object_id", "hash", "changed_at", "body", "row_id", "today", "then", "heir")
# The time as text, because parsing it would take an eighth of the time of a list.
ENTRIES = FeedEntry.objects.live().order_by().annotate(changed_at=Cast("stamped_at", TextField()))
AS_OF = parameter(
    "as_of",
    "A past day. Records then also have `as_of`, with the status and prices on that day.",
    {"type": "string", "format": "date"},
)
PATH = b'"path":"'
EXAMPLES = examples_in(Path(__file__).parents[1] / "api_examples.json")


class RecordViewSet(PublishableViewSet):
    """Records of one type, with redirects from merged records."""

    type_name: str
    periods: type[Period] | None = None  # the periods of the records, if they have any
    past: date | None = None  # the day that `as_of` asks for
    key_field = "row_id"

    @property
    def model(self) -> type[Publishable]:
        return cast(type[Publishable], TYPES[self.type_name])

    @property
    def record_schema(self) -> dict:
        return ref(record_name(self.type_name))

    @property
    def example(self) -> dict:
        return EXAMPLES[self.type_name]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if (text := given_once(request, AS_OF["name"])) is not None:
            self.past = checked(AS_OF["name"], lambda: past_day(text, site_day()))

    def of_today(self, entries: list) -> dict[int, str]:
        """Return further values of today as JSON, by the keys of the records; they depend on other records too."""
        return {}

    def get_queryset(self) -> PublishableQuerySet:
        return self.model.objects.published()

    def entries(self) -> QuerySet[FeedEntry, Any]:
        return _entries(self.type_name, self.periods, site_day(), self.past).all()

    def list(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        stamp_pending_changes()
        entries = self.paginate_queryset(self.filter_queryset(self.entries())) or []
        site, day = absolute("/").rstrip("/"), site_day()
        # Encoded one by one, because most documents are ASCII and faster to encode than one text that is not.
        bodies = [entry.body.encode() for entry in entries]
        more = self.of_today(entries)
        around = [
            _around(entry, body, day, self.past, site, more.get(entry.row_id, ""))
            for entry, body in zip(entries, bodies, strict=True)
        ]
        records = b",".join([before + body + after for body, (before, after) in zip(bodies, around, strict=True)])
        following = orjson.dumps(self.paginator.next_address)
        response = json_response(b'{"items":[%b],"next":%b}' % (records, following), self.paginator.headers)
        # The text around a document contains its hash, so the tag can be computed from a tenth of the response.
        tag = sha256(b"".join([*chain.from_iterable(around), following])).hexdigest()[:32]
        response.headers["ETag"] = f'"{tag}"'
        return response

    def find(self, name: str) -> Any:
        stamp_pending_changes()
        is_id = KEY.fullmatch(name) or uuid_of(name)
        entry = self.entries().filter(object_id=name.lower()).first() if is_id else None
        if entry is None and SLUG.fullmatch(name) and hasattr(self.model, "slug"):
            entry = self.entries().filter(row_id__in=self.model.objects.filter(slug=name).values("pk")).first()
        return entry

    def answer(self, entry: Any) -> HttpResponse:
        body = entry.body.encode()
        more = self.of_today([entry]).get(entry.row_id, "")
        before, after = _around(entry, body, site_day(), self.past, absolute("/").rstrip("/"), more)
        return json_response(before + body + after)

    def key_of_other_name(self, name: str) -> int | None:
        merged = MergedRecord.objects.of(self.model).filter(self.as_it_was_known(name)).order_by("-pk").first()
        return merged.into_id if merged else super().key_of_other_name(name)

    def as_it_was_known(self, name: str) -> Q:
        """Return a condition for merged records that had this id or slug."""
        return Q(record_id=name) if KEY.fullmatch(name) else Q(slug=name)


@lru_cache(maxsize=100)
def _entries(type_name: str, table: type[Period] | None, today: date, then: date | None) -> QuerySet[FeedEntry, Any]:
    """Return a queryset, which takes longer to build than to compile."""

    def of_period(day: date | None) -> Subquery | Value:
        if table is None or day is None:
            return Value(None, output_field=TextField())
        periods = table._default_manager.filter(first_day__lte=day, end_day__gt=day)
        return Subquery(periods.filter(**{type_name: OuterRef("row_id")}).values("today"))

    of_models = ModelSummary.objects.filter(pk=OuterRef("row_id")).values("row__replaced_by")
    heir = Subquery(of_models) if type_name == "model" else Value(None, output_field=TextField())
    entries = ENTRIES.filter(type=type_name).annotate(today=of_period(today), then=of_period(then), heir=heir)
    return entries.values_list(*COLUMNS, named=True)


def _around(entry, body: bytes, day: date, past: date | None, site: str, more: str) -> tuple[bytes, bytes]:
    """Return the JSON before and after the document of an entry: the URL of its page, its values today and then."""
    *head, _, _, today, then, _ = entry
    today = f"{today[:-1]}{more}}}" if today else ""
    # Quotation marks within text are escaped, so this is the field. Documents of types without a page do not have it.
    start = body.find(PATH) + len(PATH)
    url = f'"{site}{body[start : body.index(b'"', start)].decode()}"' if start >= len(PATH) else "null"
    today = f',"today":{{"day":"{day}",{today}' if today else ""
    as_of = f',"as_of":{_on_past_day(past, then)}' if past and then else ""
    return f"{{{record_head(*head)}".encode(), f',"url":{url}{today}{as_of}}}'.encode()


def _on_past_day(day: date, then: str) -> str:
    """Return the dated values of a period as JSON; `not_on_record` names those that are not known for that day."""
    values = orjson.loads("{" + then)
    values.pop("effective", None)
    missing = [name for name in ("status", *PRICES) if values[name] in (None, Status.UNKNOWN)]
    return orjson.dumps({"day": day, **values, "not_on_record": missing}).decode()


def json_response(text: bytes, headers: dict | None = None) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", headers=headers)


class AIModelViewSet(RecordViewSet):
    """Models as their vendors describe them. The filters are those of the catalogue page."""

    type_name = "model"
    periods = ModelPeriod
    parameters = (AS_OF,)
    lookup_value_regex = ".+"  # an alias may contain a slash
    filter_backends = [ModelFilters]

    def of_today(self, entries: list) -> dict[int, str]:
        ends = ends_and_replacements({entry.row_id: entry.heir for entry in entries}, site_day())
        values = {key: {"end": end_as_json(end), "replacement": chain} for key, (end, chain) in ends.items()}
        return {key: f",{orjson.dumps(value).decode()[1:-1]}" for key, value in values.items()}

    def by_id(self, records: QuerySet[AIModel], name: str) -> AIModel | None:
        public_id = uuid_of(name)
        return records.filter(public_id=public_id).first() if public_id else None

    def as_it_was_known(self, name):
        public_id = uuid_of(name)
        return Q(public_id=public_id) if public_id else Q(slug=name)

    def key_of_other_name(self, name: str) -> int | None:
        key = super().key_of_other_name(name)
        return key or Alias.objects.filter(text__iexact=name).values_list("model_id", flat=True).first()


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


class VendorViewSet(RecordViewSet):
    """Companies and labs that make models."""

    type_name = "vendor"


class ModalityViewSet(RecordViewSet):
    """Types of input and output: text, images, audio and so on."""

    type_name = "modality"


class FamilyViewSet(RecordViewSet):
    """Series of models of one vendor."""

    type_name = "family"


class ProviderViewSet(RecordViewSet):
    """Companies that serve models by an API."""

    type_name = "provider"


class PagelessViewSet(RecordViewSet):
    """Records without a page or slug, which are found only by id."""

    lookup_field = "pk"
    lookup_url_kwarg = "id"
    lookup_value_regex = KEY.pattern
    name_words = "Its id."
    name_schema = {"pattern": f"^{KEY.pattern}$"}

    def record_elsewhere(self, name: str) -> None:
        raise Http404


class OfferingViewSet(PagelessViewSet):
    """Models as providers serve them, with their prices. An offering has no page and no slug: it is found by its id."""

    type_name = "offering"
    periods = OfferingPeriod
    parameters = (AS_OF,)
    filters = (
        RecordParameter("provider", "provider", Provider, "Provider: a provider, by its slug or id."),
        RecordParameter("model", "model", AIModel, "Model: a model, by its slug or id."),
    )


class SourceViewSet(PagelessViewSet):
    """Pages and files that vouch for facts, each with its licence where that is known (SPDX)."""

    type_name = "source"
