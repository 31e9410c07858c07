"""The settings of the site as one form."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from publishing.admin.fields import FieldsMixin, section, with_fields
from publishing.admin.firm_texts import FirmTextsField, keep
from publishing.admin.lists import ByHandMixin
from publishing.admin.redirect import warn_of_missing_page
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, has_permission
from publishing.content.publishable import Publishable
from publishing.site.menus import footer, navigation
from publishing.site.models import NEEDED, ONLY_ROW, SiteLink, SiteSettings
from publishing.workflow.starter import firm_texts, follow_settings

ANSWERS = ("eu_hosting", "non_disclosure", "certificates", "insurance")
# Once they are confirmed, only administrators change them.
CONFIRMED = (*NEEDED, "register", "register_number", "vat_number", "phone", "controller", *ANSWERS)
people_who_answer: list[Callable[[], Iterable[Publishable]]] = []  # of the apps above


class LinkInline(FieldsMixin, admin.TabularInline):
    model = SiteLink
    classes = ["placements"]
    verbose_name_plural = (
        "menus and profiles: a menu without links shows the parts of the site, and your first link is added to them"
    )
    fields = ["place", "label", "address", "position"]
    ordering = ["place", "position", "pk"]
    extra = 0


class SiteForm(forms.ModelForm):
    user: AnyUser  # set by the admin
    kept = FirmTextsField()
    confirms = forms.BooleanField(
        label="These are our own statements",
        required=False,
        help_text="An administrator confirms with it that the texts of this site, its services, prices, terms and "
        "people are those of the company. Until then each page is marked as an example, and search engines are told "
        "not to index a public site.",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["confirms"] = self.instance.is_confirmed
        if not self.initial["confirms"]:
            self.initial["kept"] = cast(FirmTextsField, self.fields["kept"]).offer(self.user)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("confirms"):
            message = "Needed before the texts can be confirmed."
            if self.initial["confirms"]:
                message = (
                    f"Needed while the texts are confirmed. Fill it in, or untick “{self.fields['confirms'].label}”."
                )
            for name in NEEDED:
                if name in self.fields and name not in self.errors and not cleaned.get(name):
                    self.add_error(name, message)
        return cleaned


@admin.register(SiteSettings)
class SiteSettingsAdmin(ByHandMixin, FieldsMixin, admin.ModelAdmin):
    never = ("add", "delete")
    form = SiteForm
    readonly_fields = ["people", "confirmation"]
    inlines = [LinkInline]
    fieldsets = [
        section(
            *("Your firm", "name", "legal_name", "postal_address", "email", "phone"),
            *("register", "register_number", "vat_number"),
            description="In the footer of every page, and on the pages /about/, /imprint/, /privacy/ and /contact/.",
        ),
        section("Privacy", "controller", "hosting", "data_protection", description="On the page /privacy/."),
        section(
            *("Answers that buyers ask for", *ANSWERS),
            description="Each is the answer to a question under /faq/, which is public once the texts are confirmed. "
            "Without an answer the question stays a draft.",
        ),
        section("People", "people", description="On the contact page and on /about/."),
        section(
            *("Texts of the example company", "kept"),
            description="A new site begins with the services, prices, terms, answers and examples of an example "
            "company. Untick what is not true of your firm: it becomes a draft, which you can change and publish.",
        ),
        section(
            *("Are these texts your own?", "confirms", "confirmation"),
            description="Read what the pages say, change what is not yours, and then confirm the rest here.",
        ),
        section(
            *("At the top of every page", "logo", "logo_dark", "logo_has_name"),
            description="Everything from here on is optional: empty fields use the default texts.",
        ),
        section(
            "Call to action", "call_title", "call_text", "call_label", description="Shown at the end of each page."
        ),
        section("Footer", "footer_text"),
        section(
            *("Enquiries", "enquiry_recipients", "answer_days"),
            description="The people whom the contact page names are chosen in the forms of the authors.",
        ),
        section("For search engines and sharing", "tagline", "share_image"),
    ]

    @admin.display(description="People who answer")
    def people(self, site: SiteSettings) -> str:
        people = [person for people in people_who_answer for person in people()]
        return render_to_string("admin/publishing/firm_people.html", {"people": people})

    @admin.display(description="Confirmed")
    def confirmation(self, site: SiteSettings) -> str:
        if site.confirmed_at is None:
            return "Not yet."
        day = f"{timezone.localtime(site.confirmed_at):%-d %B %Y}"
        person = User.objects.filter(pk=site.confirmed_by_id).first()
        by = name_of(person) if site.confirmed_by_id else "with the upgrade, since all details were there"
        closed = "" if site.missing else ". Only administrators change what was confirmed."
        return f"{day}, {by}" + (f". No longer valid: {', '.join(site.missing)} missing." if site.missing else closed)

    def get_fieldsets(self, request: HttpRequest, obj: SiteSettings | None = None) -> list | tuple:
        fieldsets = super().get_fieldsets(request, obj)
        may_confirm = _may_confirm(request)
        hidden = set() if may_confirm else {"confirms"}
        if not may_confirm or obj is None or obj.is_confirmed or not any(firm_texts().values()):
            hidden.add("kept")  # confirmed texts are those of the firm
        visible_fieldsets = with_fields(fieldsets, lambda fields: [name for name in fields if name not in hidden])
        return [entry for entry in visible_fieldsets if entry[1]["fields"]]

    def get_form(
        self, request: HttpRequest, obj: SiteSettings | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # pyright: ignore[reportAttributeAccessIssue] a SiteForm
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: SiteSettings | None = None) -> list | tuple:
        is_closed = obj is not None and obj.is_confirmed and not _may_confirm(request)
        return [*super().get_readonly_fields(request, obj), *(CONFIRMED if is_closed else ())]

    def save_model(self, request: HttpRequest, obj: SiteSettings, form: Any, change: bool) -> None:
        before = SiteSettings.objects.current()
        if _may_confirm(request):
            if not before.is_confirmed:
                keep(request, self.admin_site, form, "kept")
            self._confirm(request, obj, form)
        super().save_model(request, obj, form, change)
        for problem in follow_settings(before, obj, request.user):
            messages.error(request, problem)

    def _confirm(self, request, site, form):
        """Store who confirmed the statements as they are now, or that nobody does any more."""
        was_confirmed, confirms = form.initial["confirms"], form.cleaned_data["confirms"]
        if confirms and (not was_confirmed or set(CONFIRMED) & set(form.changed_data)):
            site.confirmed_at, site.confirmed_by = timezone.now(), request.user
        elif not confirms:
            site.confirmed_at = site.confirmed_by = None
        if was_confirmed and not confirms:
            warning = "The texts are no longer confirmed: each page says so"
            warning += "." if site.is_indexable else ", and search engines are told not to index the site."
            messages.warning(request, warning)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Redirect to the form, since there is only one row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, _ = SiteSettings.objects.get_or_create(pk=ONLY_ROW)
        return HttpResponseRedirect(reverse("admin:publishing_sitesettings_change", args=[row.pk]))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        only_save = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, only_save | (extra_context or {}))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Start a menu from the links that it shows without any, so that the first link is added to them."""
        default = {place for place in settings.MENUS if not SiteLink.objects.filter(place=place).exists()}
        site = SiteSettings.objects.current()
        super().save_formset(request, form, formset, change)
        for place in default & {link.place for link in formset.new_objects}:
            groups = [("", navigation(site))] if place == SiteLink.Place.NAVIGATION else footer(site)
            entries = [item for _, items in groups for item in items]
            SiteLink.objects.filter(place=place).update(position=F("position") + len(entries))
            SiteLink.objects.bulk_create(
                SiteLink(site=form.instance, place=place, label=item.label[:40], address=item.address, position=number)
                for number, item in enumerate(entries)
            )
            note = "the links that it showed until now are entries too. Remove those that you do not want."
            messages.info(request, f"{SiteLink.Place(place).label}: {note}")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for link in SiteLink.objects.all():
            warn_of_missing_page(request, f"The link “{link.label}”", link.address)

    def response_change(self, request: HttpRequest, obj: SiteSettings) -> HttpResponse:
        messages.success(request, "Saved. Readers see the changes now.")
        return HttpResponseRedirect(reverse("admin:publishing_sitesettings_changelist"))


def _may_confirm(request: HttpRequest) -> bool:
    return has_permission(request.user, "change", User)  # of the roles only administrators
