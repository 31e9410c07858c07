"""The offerings of a model as rows of its form, with their ordinary prices per million tokens."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Case, When
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from catalog.admin.inlines import CatalogueInline, KnownSelect
from catalog.admin.links import cite, confidence_in
from catalog.admin.new_names import NewNameField, NewNamesMixin
from catalog.models import AIModel, Offering, Price
from catalog.models.offering import CURRENCY, rows_on
from catalog.rules.choices import Unit
from catalog.rules.partial_dates import TYPED_AS, PartialDateFormField, today, validate_partial_date
from catalog.rules.prices import CONDITIONS, METERS_COMPARED, PER
from ops.http.query_params import key_in
from publishing.admin.fields import PlainDecimalField
from publishing.content.permissions import AnyUser

ROWS_SHOWN = 5


def _amount(label: str) -> forms.Field:
    shape: dict[str, Any] = {"min_value": 0, "max_digits": 15, "decimal_places": 9}
    return PlainDecimalField(label=label, required=False, widget=forms.NumberInput({"step": "any"}), **shape)


class OfferingRowForm(forms.ModelForm):
    """A changed amount is a price from the date in `since`; an emptied one is withdrawn from then on."""

    input_price = _amount("Input price")
    output_price = _amount("Output price")
    cached_price = _amount("Cached input price")
    currency = forms.CharField(max_length=3, initial="USD", validators=[RegexValidator(CURRENCY)])
    since = PartialDateFormField(
        label="Since", initial=today, validators=[validate_partial_date], widget=forms.TextInput({"title": TYPED_AS})
    )
    source = forms.URLField(label="Source of the prices", required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Offering
        fields = ["provider", "api_id"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.current: dict[str, Price] = {}
        if self.instance.pk:
            names = {meter: name for name, meter in METERS_COMPARED.items()}
            for row in rows_on(timezone.localdate(), self.instance.prices.all()):
                is_ordinary = not any(getattr(row, name) for name in CONDITIONS)
                if row.meter in names and is_ordinary and (row.unit, row.per_quantity) == (Unit.TOKEN, PER):
                    self.current[names[row.meter]] = row
                    self.initial[names[row.meter]] = row.amount
                    self.initial["currency"] = row.currency
        self.fields["source"].widget.attrs["placeholder"] = "Paste a link"

    def _get_validation_exclusions(self) -> set:
        provider = self.cleaned_data.get("provider")
        new = {"provider"} if provider and provider.pk is None else set()
        return super()._get_validation_exclusions() | new  # pyright: ignore[reportAttributeAccessIssue] private in Django

    def save_prices(self, user: AnyUser) -> None:
        offering, cleaned = self.instance, self.cleaned_data
        changed = {*METERS_COMPARED} & {*self.changed_data}
        if "currency" in self.changed_data:
            changed |= {name for name in METERS_COMPARED if cleaned[name] is not None}
        rows = [self._price(name, cleaned[name]) for name in METERS_COMPARED if name in changed]
        if url := cleaned["source"]:
            provider = offering.provider
            confidence = confidence_in(url, offering.model, [provider.website, provider.docs_url])
            for row in rows or self.current.values():
                cite(url, timezone.localdate(), confidence, user, price=row)

    def _price(self, name: str, amount) -> Price:
        key = {"meter": METERS_COMPARED[name], "valid_from": self.cleaned_data["since"], "above_tokens": 0}
        terms = {"amount": amount, "currency": self.cleaned_data["currency"], "is_withdrawn": amount is None}
        terms |= {"per_quantity": PER, "unit": Unit.TOKEN}
        row, _ = Price.objects.update_or_create(
            offering=self.instance, service_level="", conditions="", **key, defaults=terms
        )
        return row


class OfferingRows(BaseInlineFormSet):
    """The vendor's own and the first other offerings, as a model may have hundreds; of a sent form its own rows.

    `user`, who found the prices at the links, must be set before it is saved.
    """

    user: AnyUser

    def __init__(self, data=None, files=None, instance=None, queryset=None, **kwargs):
        if instance is not None and instance.pk and queryset is not None:
            names = [name for name in data or () if name.startswith("offerings-") and name.endswith("-id")]
            is_own = When(provider__in=instance.vendors.values("reference_provider"), then=0)
            order = Case(is_own, default=1), "provider__name", "api_id", "pk"
            first = instance.offerings.order_by(*order).values_list("pk", flat=True)[:ROWS_SHOWN]
            pks = list(first) if data is None else [key_in(data[name]) for name in names]
            queryset = queryset.filter(pk__in=[pk for pk in pks if pk]).order_by(*order)
        super().__init__(data, files, instance, queryset=queryset, **kwargs)

    def save(self, commit: bool = True) -> list:
        """Save new providers first: one for all rows that name it."""
        rows: list[Any] = self.forms
        self.providers, provider_by_name = [], {}
        for form in rows:
            provider = form.cleaned_data.get("provider") if form.has_changed() else None
            if provider and provider.pk is None:
                provider = provider_by_name.setdefault(provider.name.lower(), provider)
                if provider.pk is None:
                    provider.save()
                    self.providers.append(provider)
                form.instance.provider = provider
        saved = super().save(commit)
        for form in rows:
            if form.has_changed() and form.instance.pk:
                form.save_prices(self.user)
        return saved


class ProviderSelect(NewNamesMixin, KnownSelect):
    pass


class OfferingInline(CatalogueInline):
    model = Offering
    form, formset = OfferingRowForm, OfferingRows
    fields = ["provider", "api_id", *METERS_COMPARED, "currency", "since", "source"]
    autocomplete_fields = ["provider"]
    select, select_field = ProviderSelect, NewNameField
    classes = []
    can_delete = False
    show_change_link = True
    verbose_name_plural = "offerings, with prices per million tokens"

    def get_extra(self, request, obj: AIModel | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "provider":
            field.widget = field.widget.widget  # without the buttons that open windows
        return field

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("prices")
