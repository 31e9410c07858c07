"""The patterns of dated claims, with a trial run before one is saved."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists
from django.utils.html import format_html

from publishing.admin.admin_pages import admin_page
from publishing.admin.fields import FieldsMixin
from publishing.quality.claims.models import SWEEP, ClaimPattern
from publishing.quality.claims.pattern_language import IN_BRACES
from publishing.quality.claims.try_pattern import try_out
from publishing.quality.text_sweep import TextSweep

SEARCHED_BY = {"phrases", "exceptions", "is_active"}
HELP = format_html(
    "One phrase on each line, without commas and full stops. Case does not matter, and a hyphen is as good as a space. "
    "<code>latest|newest</code>: one of these words. <code>launch*</code>: a word that begins so. <code>*</code>: any "
    "one word. In braces, what varies: {}.",
    ", ".join(f"{{{name}}}" for name in IN_BRACES),
)


class ClaimPatternForm(forms.ModelForm):
    class Meta:
        widgets = {
            "phrases": AdminTextareaWidget(attrs={"rows": 12, "spellcheck": "false"}),
            "exceptions": AdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"}),
            "explanation": forms.TextInput(attrs={"class": "vTextField"}),
        }
        help_texts = {
            "phrases": HELP,
            "exceptions": "Phrases that look like it and are none, as “at the latest” where “latest” is found above.",
        }


class PhrasesForm(forms.ModelForm):
    class Meta:
        model = ClaimPattern
        fields = ["phrases", "exceptions"]


@admin.register(ClaimPattern)
class ClaimPatternAdmin(FieldsMixin, admin.ModelAdmin):
    form = ClaimPatternForm
    change_form_template = "admin/publishing/claim_pattern_form.html"
    list_display = ["name", "finds", "days", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "phrases"]
    fieldsets = [
        (None, {"fields": ["name", "phrases", "exceptions"]}),
        ("What becomes of it", {"fields": ["explanation", "days", "is_active"]}),
    ]

    def get_queryset(self, request):
        done = TextSweep.objects.filter(name=SWEEP, digest=ClaimPattern.objects.digest(), is_done=True)
        return super().get_queryset(request).annotate(count=Count("claims"), is_searched=Exists(done))

    def save_model(self, request, obj, form, change):
        if not change or SEARCHED_BY & set(form.changed_data):
            messages.info(request, "All texts are searched by it now, which takes a minute or two.")
        super().save_model(request, obj, form, change)

    @admin_page("try/", "try", "POST")
    def try_view(self, request):
        """Show what the phrases in the form match in published texts, without saving."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        form = PhrasesForm(request.POST)
        return self.show(
            request,
            "admin/publishing/claim_trial.html",
            "What these phrases find",
            status=200 if form.is_valid() else 400,
            form=form,
            trial=try_out(request.user, **form.cleaned_data) if form.is_valid() else None,
        )

    def get_deleted_objects(self, objs, request):
        """Summarise the claims that are deleted with the patterns, since they were all found automatically."""
        found = sum(pattern.claims.count() for pattern in objs)
        names = [f"{pattern}" for pattern in objs]
        return [*names, f"What they found, with its days: {found}"], {}, set(), []

    @admin.display(description="Found", ordering="count")
    def finds(self, pattern):
        return pattern.count if pattern.count or pattern.is_searched else "not searched yet"
