"""The page “Check your stack”: pasted text leads to an address that contains only the models found in it."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from catalog.check.example import TEXT
from catalog.check.finding import stack_names
from catalog.check.reading import MOST_TOKENS
from catalog.check.result import MOST_UNKNOWN, alike, most_urgent, result_query, stack_models
from catalog.documents import read
from catalog.lifecycle.timeline import BY_DATE, ENDS
from catalog.models import AIModel, ModelPeriod, Provider
from catalog.news.selection import MONTH, MONTHS
from catalog.news.views import numbered, retirements
from catalog.presenting.context import page_context
from ops.http.errors import RETRIED
from ops.http.query_params import canonical_redirect, whole_number
from ops.http.request_body import MOST_ANONYMOUS_BYTES
from ops.limits.turns import RETRY_SECONDS, BusyError, turn
from ops.toml_files import toml_beside
from publishing.api.filters import listed, slugs_by_key
from publishing.content.registry import record_at
from publishing.pages.public_forms import PublicForm, PublicFormView, SubmissionRejectedError

TITLE = "Check your stack"
ABOUT = "Paste code, a configuration file or a list of names to see which AI models retire, and which cost less."
PARAMETERS = ("models", "offers", "at", "more", "unknown")  # of the address of a result, in their order
MEASURED = toml_beside(__file__, "measured.toml")
SOON = "6"  # months; one of the periods on the page of retirements
MOST_BYTES, MOST_BYTES_WITH_KEY = 100_000, 200_000  # longer than any configuration file written by people
SERVICE = "/services/running-and-renewing-models/"  # shown if it is public
TOO_LONG = "The text is longer than 100 kB. Paste the part that names your models."
BUSY = "The site is busy with other checks at the moment. Your text is still here: check it again."


def at_most_bytes(text: str) -> None:
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise ValidationError(TOO_LONG)


class StackForm(PublicForm):
    text = forms.CharField(
        label="Code, configuration or list",
        widget=forms.Textarea(
            {"rows": 6, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off", "placeholder": TEXT}
        ),
        validators=[at_most_bytes],
        error_messages={"required": "Paste the text that names your models."},
        help_text="We process your text in memory only, then discard it. The link to the result contains only the "
        "models found and names that look like models, such as gpt-9; no other words of your text.",
    )


@method_decorator(sensitive_post_parameters(), "dispatch")
class CheckView(PublicFormView):
    template_name = "catalog/check/check.html"
    body_limit = MOST_ANONYMOUS_BYTES  # far more than the text may have, so that the sentence is beside its field
    too_long = TOO_LONG
    advice = "Use the form at /catalog/check/."
    limit_name, most_per_hour = "check", 120
    too_many = "Too many texts were checked from your network within an hour. Try again in an hour."
    models: dict[int, str] | None = None  # the slugs by key, None without a result
    offers: set[int]  # keys of the offerings whose ids the text has
    at: dict[str, tuple[int, str]]  # the key of a model and the name of a host without an offering of it
    unknown: dict[str, int | None]  # other names that look like models, with the key of the most similar one
    more: int
    is_busy = False

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        given = {name: listed([*filter(None, request.GET.getlist(name))]) for name in PARAMETERS if name != "more"}
        if "models" in request.GET:
            self.models = slugs_by_key(AIModel, given["models"])
        self._set_hosts(given["at"])
        self.offers = {whole_number(one, "offers") for one in given["offers"]}
        self.unknown = stack_names().nearest(given["unknown"]) if given["unknown"] else {}
        if len(given["unknown"]) > MOST_UNKNOWN:
            raise BadRequest(f"unknown: enter at most {MOST_UNKNOWN} names.")
        self.more = whole_number(request.GET.get("more", "0"), "more", most=MOST_TOKENS)
        pairs = []
        if self.models is not None:
            pairs = result_query(self.models.values(), self.offers, self.at, self.unknown, self.more)
        return canonical_redirect(request, pairs, PARAMETERS) or super().get(request)

    def _set_hosts(self, given: list[str]) -> None:
        """Set the hosts in `at`, such as "gpt-4o@azure"; others are left out."""
        key_by_slug = {slug: key for key, slug in (self.models or {}).items()}
        pairs = {one: one.partition("@") for one in given}
        names = Provider.objects.published().filter(slug__in={slug for *_, slug in pairs.values()})
        name_by_slug = dict(names.values_list("slug", "name")) if given else {}
        known = {one: (model, slug) for one, (model, _, slug) in pairs.items()}
        known = {one: pair for one, pair in known.items() if pair[0] in key_by_slug and pair[1] in name_by_slug}
        self.at = {one: (key_by_slug[model], name_by_slug[slug]) for one, (model, slug) in known.items()}

    def make_form(self, data: QueryDict | None = None) -> StackForm:
        return StackForm(data)

    @sensitive_variables()
    def take(self, form: StackForm) -> str:
        try:
            with turn():
                self.check_limit()
                return most_urgent(stack_names().find(form.cleaned_data["text"]), timezone.localdate())[-1]
        except BusyError:
            self.is_busy = True
            raise SubmissionRejectedError(503, BUSY, RETRY_SECONDS) from None

    def get_context(self, form: StackForm) -> dict:
        today = timezone.localdate()
        if form.is_bound and not self.is_busy:
            form.data = QueryDict()  # errors without the text, which may contain secrets
        context = page_context(self.request, TITLE, ABOUT, is_indexable=self.models is None)
        if self.models is not None:
            slugs = ",".join(sorted(self.models.values()))
            models = stack_models(self.models, today, (int(SOON) * MONTH).days, self.offers, self.at.values())
            sources = _completed(models, self.models, today)
            failing = [model["name"] for model in models if not model["passed"]]
            at_vendor = [one for one in models if not one["hosts"] and one["days_left"] is not None]
            ahead = [one for one in at_vendor if one["days_left"] >= 0]
            context["has_left"] = any(model["left_list_on"] and not model["passed"] for model in models)
            context |= {"has_result": True, "models": models, "ahead": ahead, "failing": failing, "sources": sources}
            context["at_hosts"] = [one for one in models if one["hosts"]]
            context |= {"more": self.more, "within": MONTHS[SOON], "unknown": alike(self.unknown, today)}
            service = record_at(SERVICE)
            context |= {"slugs": slugs, "service": service if service and service.is_public else None}
        return context | {
            "form": form,
            "measured": MEASURED,
            "problems": form.non_field_errors(),
            "retry_seconds": RETRY_SECONDS if self.is_busy and RETRIED not in self.request.POST else None,
        }


def _in_short(places: list[str]) -> list[str]:
    """Return the names of providers; one that has several ids of the model, as in "Host (id)", only once."""
    ids = Counter(place.partition(" (")[0] for place in places)
    found = (place if ids[name := place.partition(" (")[0]] == 1 else f"{name} ({ids[name]} ids)" for place in places)
    return list(dict.fromkeys(found))


def _completed(models: list[dict], keys: Collection[int], day: date) -> list[str]:
    """Add what the page shows to the models: rows of ends and hosts; return the sources in the order of the page.

    Models that do not cost less than the replacement are left out.
    """
    rows = retirements(ENDS.filter(model_id__in=keys).order_by(*BY_DATE))
    said = {(row.entry.name, row.entry.date, row.entry.places): row for row in rows}
    shown = [(one, one["end"]) for one in models if one["end"]]
    shown += [(one, end) for one in models for end in one["ends_at_providers"]]
    shown += [(one, host["end"]) for one in models for host in one["hosts"] if host["end"]]
    found, sources = numbered(said.get((one["name"], end["date"], ", ".join(end["providers"]))) for one, end in shown)
    for (_, end), row in zip(shown, found, strict=True):
        end["row"], end["providers"] = row, _in_short(end["providers"])
    served = ModelPeriod.objects.filter(**read.on_day(day), model__in=keys)
    hosts = dict(served.values_list("model__slug", "served_at"))
    for one in models:
        if one["hosts"]:
            one["status"] = one["hosts"][0]["status"] or "unknown"
        one["served_at"], heir = hosts.get(one["slug"]), one["replacement"] or {}
        most = heir.get("blended_price") or one["blended_price"]
        one["cheaper"] = [other for other in one["cheaper"] if other["blended_price"] < most]
    return sources
