from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from articles import models
from articles.models.article import DATED, ArticleQuerySet
from articles.sections.schema import TYPES, SectionsError
from articles.sections.widget import SectionsFormField, SectionsWidget
from ops.http.query_params import key_in
from ops.http.urls import admin_url, change_url, with_query
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.base import TrashFilter, is_field_with_search
from publishing.admin.checklist import Task, further_tasks
from publishing.admin.confirmation import confirmation
from publishing.admin.draft_form import DraftForm
from publishing.admin.drafts import DraftsAdmin
from publishing.admin.fields import column, section, with_fields
from publishing.admin.lists import TextStateFilter
from publishing.admin.new_drafts import DuplicatePanel, ImportPanel
from publishing.admin.rows import RowInline
from publishing.admin.site_settings import people_who_answer
from publishing.content.dates import moment_in_words
from publishing.content.people import name_of
from publishing.content.publishable import State
from publishing.revisions.last_valid import with_last_valid
from publishing.revisions.models import Action
from publishing.workflow.actions import STATES, ActionRequest, latest_content, perform_action

CALL = section(
    *("Call to action", "call_title", "call_text", "call_label", "call_address"),
    classes=["collapse", "tab-settings"],
    description="Shown at the end of the page. Empty fields use the text of the topic or the site.",
)


class PlacementInline(RowInline):
    """Ordered records of an article. The field shows the name of the record, so the row has no heading."""

    classes = ["placements", "tab-settings"]


class AuthorInline(PlacementInline):
    model = models.ArticleAuthor
    verbose_name = "author"
    fields = ["author", "position"]
    autocomplete_fields = ["author"]


class DetailInline(PlacementInline):
    model = models.Detail
    classes = ["placements"]
    verbose_name = "line"
    verbose_name_plural = "table of details"
    template = "admin/articles/details.html"
    fields = ["label", "value", "position"]

    @property
    def usual(self) -> tuple[str, ...]:
        """Return the labels that the form suggests."""
        return models.USUAL_DETAILS[self.parent_model.own_kind]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "label":
            field.widget.attrs["list"] = "usual-details"
        return field


class QuestionInline(PlacementInline):
    model = models.PlacedQuestion
    verbose_name = "question"
    verbose_name_plural = "questions below the text"
    fields = ["question", "position"]
    autocomplete_fields = ["question"]


class ReadAlsoInline(PlacementInline):
    model = models.ReadAlso
    fk_name = "article"
    verbose_name = "article"
    verbose_name_plural = "related articles: up to four are shown, these first"
    fields = ["other", "position"]
    autocomplete_fields = ["other"]


class TextAdmin(DraftsAdmin):
    """The admin of one kind of text: new texts get this kind, and texts of other kinds redirect to their own admin."""

    panels = [*DraftsAdmin.panels, DuplicatePanel, ImportPanel]
    change_list_template = "admin/publishing/text_list.html"
    list_display = ["title_or_untitled", "status", "author_names", "topic_names", "goes_live", "last_changed"]
    list_filter = [TextStateFilter, TrashFilter, "topics", "authors", "owner"]
    actions = [*cast(list, DraftsAdmin.actions), "tag"]
    search_fields = ["title", "summary", "slug"]
    date_hierarchy = "first_published_at"
    ordering = ["-last_changed_at"]

    def get_queryset(self, request: HttpRequest) -> ArticleQuerySet:
        texts: Any = super().get_queryset(request)
        if is_field_with_search(request):
            return texts  # "read also" offers texts of all kinds
        texts = texts.of_kind(self.model.own_kind).select_related("owner")
        return texts.prefetch_related("topic_links__tag", "authors")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        other = models.Article.objects.exclude(kind=self.model.own_kind).filter(pk=key_in(object_id)).first()
        if other:
            return HttpResponseRedirect(with_query(change_url(other), request.META.get("QUERY_STRING", "")))
        return super().change_view(request, object_id, form_url, extra_context)

    title_or_untitled = column("Title", str, "title")

    @admin.display(description="Author")
    def author_names(self, article):
        """Return the authors that readers see, else the owner."""
        names = ", ".join(str(author) for author in article.authors.all())
        return names or (name_of(article.owner) if article.owner else "–")

    @admin.display(description="Published", ordering="first_published_at")
    def goes_live(self, article: models.Article) -> str:
        """Return when it was published, or when it or its update goes live."""
        update_at = getattr(article, "update_at", None)
        moment = update_at or article.first_published_at
        return f"{'update ' if update_at else ''}{moment_in_words(moment)}"

    @admin.action(description="Add or remove a topic…", permissions=["publish"])
    def tag(self, request: HttpRequest, queryset: ArticleQuerySet) -> HttpResponse | None:
        """Ask for a topic, then add or remove it. Published texts without a draft are published anew."""
        topic = models.Topic.objects.not_trashed().filter(pk=key_in(request.POST.get("topic"))).first()
        if topic is None:
            topics, texts = models.Topic.objects.not_trashed().order_by("name"), list(queryset.not_trashed())
            context = {"topics": topics, "texts": texts, "opts": self.opts}
            return confirmation(self, request, "admin/publishing/tag.html", "Add or remove a topic", **context)
        is_added = "remove" not in request.POST
        done = [self._tag(request, text, topic, is_added) for text in queryset.not_trashed()]
        count = len(done) - done.count(None)
        messages.success(request, f"“{topic}” is {'added to' if is_added else 'removed from'} {count} texts.")
        if drafts := done.count(Action.SAVE):
            messages.info(request, f"In {drafts} of them readers see the change once the draft is published.")
        return None

    def _tag(self, request, text, topic, is_added: bool) -> Action | None:
        """Change the topics of a text; return how it was saved, or None if it was not."""
        if text.update_at:
            messages.error(request, f"“{text}” is not changed, because an update of it is scheduled. Change that one.")
            return None
        content = latest_content(text)
        topics = [key for key in content["tags"].get("topics", []) if key != topic.pk]
        topics += [topic.pk] if is_added else []
        if topics == content["tags"].get("topics", []):
            return None
        content["tags"]["topics"] = topics
        action = Action.PUBLISH if text.state == State.PUBLISHED and not text.draft_state else Action.SAVE
        try:
            perform_action(text, ActionRequest(action, content, request.user))
        except ValidationError as error:
            messages.error(request, f"“{text}” is not changed. {self.in_words(error)}")
            return None
        self.log_change(request, text, f"{'Added' if is_added else 'Removed'} the topic “{topic}”.")
        return action

    topic_names = column("Topics", lambda article: ", ".join(link.tag.name for link in article.topic_links.all()))


def fieldsets_of(kind: models.ArticleKind, settings: list[str], description: str = "") -> list[tuple]:
    """Return the fieldsets of a kind of text with the fields `settings`, and with its description above the title."""
    checked = ["facts_checked_on"] if kind in DATED else []
    care = section("Maintenance", "owner", *checked, "review_by", classes=["tab-settings"])
    sections = ["sections"] if kind == models.ArticleKind.PAGE else []
    text = section(None, "title", "summary", *sections, "body", description=description)
    about = section("Cover and topics", *settings, classes=["tab-settings"])
    return [text, DraftsAdmin.PUBLICATION, about, care, CALL, DraftsAdmin.SHARING, DraftsAdmin.ABOUT]


COVER = ["cover", "cover_alt"]


@admin.register(models.Article)
class ArticleAdmin(TextAdmin):
    inlines = [AuthorInline, QuestionInline, ReadAlsoInline]
    fieldsets = fieldsets_of(models.ArticleKind.ARTICLE, [*COVER, "topics"])


@admin.register(models.Service)
class ServiceAdmin(TextAdmin):
    inlines = [DetailInline, AuthorInline, QuestionInline, ReadAlsoInline]
    fieldsets = fieldsets_of(
        models.ArticleKind.SERVICE,
        [*COVER, "topics"],
        "What you do for clients. Shown under /services/ and on the front page.",
    )


@admin.register(models.CaseStudy)
class CaseStudyAdmin(TextAdmin):
    inlines = [DetailInline, AuthorInline, QuestionInline, ReadAlsoInline]
    fieldsets = fieldsets_of(
        models.ArticleKind.CASE_STUDY,
        ["is_worked_example", *COVER, "topics"],
        "A project: problem, approach, result and how it was measured. Name the client in the table below, say why "
        "they are not named, or tick “worked example” in the settings.",
    )


class PageForm(DraftForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.sections:
            # The body is composed from the sections, and ends with them.
            self.fields["body"].widget = forms.HiddenInput()
            self.initial["body"] = ""
        if "sections" in self.fields:
            cast(SectionsFormField, self.fields["sections"]).is_complete = STATES.get(self.action) == State.PUBLISHED

    def add_error(self, field, error):
        if field is None and "sections" in self.errors and hasattr(error, "error_dict"):
            error.error_dict.pop("sections", None)  # from the valid values only, while all mistakes are named already
        super().add_error(field, error)
        if isinstance(error, SectionsError):  # a mistake in one section holds back no other one from autosave
            self.cleaned_data["sections"] = with_last_valid(error.sections, self.instance.sections)
        if "sections" in self.errors:  # from which the body would be composed
            self.errors.pop("body", None)


class SectionPanel(Panel):
    permission = ""

    @admin_page("section/", "section", "POST", permission="change")
    def section_view(self, request):
        """Return a new section or, inside one, a new row as a part of the form; with the values at a prefix `copy`."""
        sent, admin = request.POST, cast(PageAdmin, self.admin)
        widget, kind = SectionsWidget(admin, request.user, ""), TYPES.get(sent.get("type", ""))
        if kind is None:
            raise BadRequest("type: choose one of the types of section.")
        copy, prefix = sent.get("copy", ""), sent.get("prefix", "")
        if prefix:
            item = widget.row(kind.row, prefix, widget.sent_fields(kind.row, sent, copy))
        else:
            item = widget.item("sections", widget.sent(sent, copy) if copy else {"type": sent["type"]})
        return render(request, "admin/articles/_section.html", {"item": item})


@admin.register(models.Page)
class PageAdmin(TextAdmin):
    list_display = ["title_or_untitled", "status", "author_names", "goes_live", "last_changed", "review_by"]
    list_filter = [TextStateFilter, TrashFilter, "owner"]
    actions = DraftsAdmin.actions
    form = PageForm
    panels = [*TextAdmin.panels, SectionPanel]
    inlines = [AuthorInline, QuestionInline, ReadAlsoInline]
    fieldsets = fieldsets_of(
        models.ArticleKind.PAGE,
        ["show_in_footer", *COVER],
        "A page at the top level of the site, such as /about/. The footer of every page links to it if “Show in "
        f"footer” is ticked in the settings. The page with the address “{models.FRONT}” is the front page.",
    )

    def get_fieldsets(self, request: HttpRequest, obj: models.Page | None = None) -> list:
        """Leave out the sections for those who read the composed text."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return with_fields(fieldsets, lambda fields: [name for name in fields if name != "sections"])

    def get_inlines(self, request: HttpRequest, obj: models.Page | None) -> Any:
        return [AuthorInline] if obj and obj.sections else self.inlines

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "sections":
            widget = SectionsWidget(self, request.user, admin_url(self, "section"))
            return SectionsFormField(widget=widget, label="Sections")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(models.Author)
class AuthorAdmin(DraftsAdmin):
    list_display = ["name", "role", "kind", "answers_enquiries", "status", "last_changed"]
    list_filter = ["state", "kind", "answers_enquiries", TrashFilter]
    search_fields = ["name", "role"]
    fieldsets = [
        section(None, "name", "role", "biography"),
        DraftsAdmin.PUBLICATION_OF_NAMES,
        section("Person or desk", "kind", "picture", "links", "answers_enquiries", classes=["tab-settings"]),
        DraftsAdmin.ABOUT,
    ]


@people_who_answer.append
def people() -> QuerySet:
    return models.Author.objects.published().answering()


@further_tasks.append
def contact_people() -> Task:
    """A desk does not suffice: buyers want to know who answers."""
    people = models.Author.objects.published().answering().filter(kind=models.AuthorKind.PERSON)
    return Task("Contact people", people.exists(), reverse("admin:articles_author_changelist"))


@admin.register(models.Topic)
class TopicAdmin(DraftsAdmin):
    list_display = ["name", "status", "last_changed"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name"]
    fieldsets = [section(None, "name", "introduction"), DraftsAdmin.PUBLICATION_OF_NAMES, CALL, DraftsAdmin.ABOUT]
