"""The settings of the site as one form, with a preview of unsaved input."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.models import BaseInlineFormSet
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.text import capfirst

from publishing.admin.admin_pages import admin_page
from publishing.admin.fields import FieldsMixin
from publishing.admin.lists import ByHandMixin
from publishing.admin.preview import framed, sentences_of
from publishing.content.internal_request import page_at, page_exists
from publishing.site.models import ONLY_ROW, SiteLink, SiteSettings

# The pages that can be previewed, with the settings that each shows.
PAGES = {
    "/": "Front page: name, logo, menu, headline, call, footer",
    "/articles/": "A page of the site: name, logo, menu, footer",
    "/imprint/": "Imprint",
}


class LinkFormSet(BaseInlineFormSet):
    place = ""

    @classmethod
    def get_default_prefix(cls):
        return cls.place

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.instance.place = self.place
        return form

    def links(self) -> list[SiteLink]:
        """Return the links as they would be saved, in order. The formset must be valid."""
        kept = [
            form.instance
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        return sorted(kept, key=lambda link: link.position)


class LinkInline(FieldsMixin, admin.TabularInline):
    model = SiteLink
    classes = ["placements"]
    formset = LinkFormSet
    fields = ["label", "address", "position"]
    extra = 0
    place: str

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.place = self.place
        return formset

    def get_queryset(self, request):
        return super().get_queryset(request).filter(place=self.place)


class NavigationInline(LinkInline):
    place = SiteLink.Place.NAVIGATION
    verbose_name = "entry"
    verbose_name_plural = "menu at the top of every page (empty: the parts of the site)"


class FooterInline(LinkInline):
    place = SiteLink.Place.FOOTER
    verbose_name = "entry"
    verbose_name_plural = "menu in the footer (empty: the parts of the site and its plain pages)"


class SocialInline(LinkInline):
    place = SiteLink.Place.SOCIAL
    verbose_name = "profile"
    verbose_name_plural = "profiles elsewhere, in the footer"


@admin.register(SiteSettings)
class SiteSettingsAdmin(ByHandMixin, FieldsMixin, admin.ModelAdmin):
    never = ("add", "delete")
    change_form_template = "admin/publishing/site_settings.html"
    autocomplete_fields = ["logo", "share_image"]
    inlines = [NavigationInline, FooterInline, SocialInline]
    fieldsets = [
        (
            "At the top of every page",
            {
                "fields": ["name", "logo"],
                "description": "Everything here may stay empty: readers then get the site’s own words. "
                "Press “Preview” at the end of the form to see what it looks like before you save.",
            },
        ),
        ("Front page", {"fields": ["front_title", "front_text"]}),
        (
            "Call to write to you",
            {"fields": ["call_title", "call_text", "call_label"], "description": "Stands where a reader has read on."},
        ),
        (
            "How to reach you",
            {"fields": ["email", "phone", "postal_address"], "description": "In the footer of every page."},
        ),
        ("Footer", {"fields": ["footer_text"]}),
        ("Company and imprint", {"fields": ["legal_name", "imprint"]}),
        ("Enquiries", {"fields": ["enquiry_recipients"]}),
        ("For search engines and sharing", {"fields": ["tagline", "share_image"]}),
    ]

    class Media:
        css = {"all": ["css/admin-preview.css"]}

    def changelist_view(self, request, extra_context=None):
        """Redirect to the form, since there is only one row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, _ = SiteSettings.objects.get_or_create(pk=ONLY_ROW)
        return HttpResponseRedirect(reverse("admin:publishing_sitesettings_change", args=[row.pk]))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        only_save = {"show_save_and_continue": False, "show_save_and_add_another": False}
        context = {"preview_pages": PAGES, **only_save, **(extra_context or {})}
        response = super().changeform_view(request, object_id, form_url, context)
        response._csp_config = settings.ADMIN_CSP | {"frame-src": [CSP.SELF]}
        return response

    # Saving --------------------------------------------------------------------------------------

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for link in SiteSettings.objects.current().link_list:
            address = link.address.removeprefix(settings.SITE_URL)
            if address.startswith("/") and not page_exists(address):
                words = f"The link “{link.label}” is saved, but readers find nothing at {link.address} at present."
                messages.warning(request, words)

    def response_change(self, request, obj):
        messages.success(request, "Saved: readers see it now.")
        return HttpResponseRedirect(reverse("admin:publishing_sitesettings_changelist"))

    # Preview -------------------------------------------------------------------------------------

    @admin_page("preview/", "preview", permission="change")
    def preview_view(self, request):
        """Return a page as readers would see it with the form's input, or on GET as saved. Saves nothing."""
        site, problems = SiteSettings.objects.current(), []
        if request.method == "POST":
            problems = self._fill(request, site)
        site.is_preview = True
        address = request.POST.get("preview_page", "/")
        page = page_at(address, site) if address in PAGES and not problems else None
        return framed(request, page, problems, address)

    def _fill(self, request, site) -> list[str]:
        """Write the submitted values into `site` without saving; return the errors as sentences."""
        form = self.get_form(request, site, change=True)(request.POST, request.FILES, instance=site)
        problems = sentences_of(form)
        links = []
        for FormSet, inline in self.get_formsets_with_inlines(request, site):
            formset = FormSet(request.POST, instance=site, queryset=inline.get_queryset(request))
            if formset.is_valid():
                links += formset.links()
            else:
                rows = [problem for row in formset.forms for problem in sentences_of(row)]
                problems += [f"{capfirst(inline.place.label)}: {problem}" for problem in rows]
                problems += formset.non_form_errors()
        site.link_list = links
        return problems
