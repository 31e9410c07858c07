from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ManyToOneRel
from django.forms import Media, modelform_factory, modelformset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from js_asset import Media as MediaWithModules
from js_asset import Script
from taggit.models import Tag
from taggit.utils import parse_tags

from ops.http.query_params import key_in
from ops.http.urls import admin_url
from ops.limits.turns import posts_take_turns
from ops.page_cache.write_detection import unseen
from publishing.admin.admin_pages import admin_page, show
from publishing.admin.fields import moment_column, section
from publishing.admin.lists import OptionListFilter
from publishing.admin.richtext_widget import MODULES
from publishing.admin.used_by import UsedByMixin, holders_without_references
from publishing.content.reference import Reference
from publishing.images.models import UNDESCRIBED, Image
from publishing.images.renditions import SHAPES
from publishing.images.upload import size_in_words
from publishing.search.record_picker import as_picture

DESCRIPTION = ["alt", "is_decorative", "credit"]
FIELDS = ["file", *DESCRIPTION]
FOCAL = ("focal_x", "focal_y")
MOST_AT_ONCE = 100
CROPS_IN_WORDS = {"wide": "As a cover, 16 to 9", "square": "As a square"}


class UsedFilter(OptionListFilter):
    title = "use"
    parameter_name = "used"
    ways = {
        "yes": ("Used", lambda images, user: images.filter(pk__in=used_images())),
        "no": ("Not used", lambda images, user: images.exclude(pk__in=used_images())),
    }


class TextFilter(OptionListFilter):
    title = "alternative text"
    parameter_name = "text"
    ways = {
        "no": ("Missing", lambda images, user: images.undescribed()),
        "decorative": ("Decorative", lambda images, user: images.filter(is_decorative=True)),
    }


class DuplicateFilter(OptionListFilter):
    title = "file"
    parameter_name = "file"
    ways = {"twice": ("Uploaded more than once", lambda images, user: images.duplicates().order_by("content_hash"))}


class TagFilter(admin.SimpleListFilter):
    title = "tag"
    parameter_name = "tag"

    def lookups(self, request, model_admin):
        tags = Tag.objects.filter(taggit_taggeditem_items__content_type=ContentType.objects.get_for_model(Image))
        return tags.order_by("name").distinct().values_list("slug", "name")

    def queryset(self, request, queryset):
        return queryset.filter(tags__slug=self.value()) if self.value() else queryset


class TagForm(ActionForm):
    """The actions of the list, with the tags for the action that adds them."""

    tags = forms.CharField(required=False, label="Tags", widget=forms.TextInput({"placeholder": "Tags, with commas"}))


class TextsForm(forms.ModelForm):
    """The texts of one of several images; the placeholder for a missing alternative text is not shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.is_described:
            self.initial["alt"] = ""


@admin.register(Image)
class ImageAdmin(UsedByMixin, admin.ModelAdmin):
    list_display = ["thumbnail", "__str__", "facts"]
    change_list_template = "admin/publishing/image_list.html"
    action_form = TagForm
    actions = ["add_tags", "delete_selected"]
    list_display_links = ["__str__"]
    list_filter = [UsedFilter, TextFilter, DuplicateFilter, TagFilter]
    list_per_page = 60
    is_searched = True
    ordering = ["-uploaded_at", "-pk"]
    search_fields = ["alt", "credit", "file", "tags__name"]
    readonly_fields = ["preview", "size", "content_hash", "uploaded", "used_by"]
    FOCUS = section(
        *("Focal point", FOCAL),
        classes=["focus"],
        description="The point that stays visible when the image is cropped. Click on the image "
        "or enter numbers: 50, 50 is the centre.",
    )
    fieldsets = [
        section(None, "used_by", "file", "preview", *DESCRIPTION, "tags"),
        FOCUS,
        section("About this image", "size", "content_hash", "uploaded"),
    ]

    @property
    def media(self) -> Media:
        scripts = [Script(f"js/{name}.js", type="module") for name in ("focal-point", "image-upload")]
        return super().media + MediaWithModules(importmap=MODULES, js=scripts)

    @posts_take_turns
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> list | tuple:
        if obj:
            return super().get_fieldsets(request, obj)
        return [section(None, "file", "preview", *DESCRIPTION, "tags"), self.FOCUS]

    def get_form(self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs: Any) -> type:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "file" in form.base_fields:
            form.base_fields["file"].widget.attrs["data-max-bytes"] = settings.IMAGE_MAX_BYTES
        if obj and "file" in form.base_fields:
            form.base_fields["file"].help_text = (
                "A new file replaces this one wherever the image is used. Check the alternative text and the focal "
                "point afterwards. JPEG, PNG, WebP, GIF or AVIF, up to 15 MB, or a simple SVG."
            )
        return form

    @admin_page("<int:pk>/file/", "file")
    def file_view(self, request, pk):
        """Redirect to the image's file: the editor addresses an image by its key, wherever its file is stored."""
        return HttpResponseRedirect(get_object_or_404(Image, pk=pk).file.url)

    @admin_page("upload/", "upload", "GET", "POST", permission="add")
    @posts_take_turns
    def upload_view(self, request):
        """Store an image that was dropped into a text, once, and return it as JSON; errors are in `problem`.

        A GET returns a fresh CSRF token, since the page may have been opened before the last sign-in.
        """
        if request.method == "GET":
            return JsonResponse({"token": get_token(request)})
        try:
            texts = None if "later" in request.POST else request.POST
            return JsonResponse(as_picture(self._stored(request, request.FILES.get("file"), texts)))
        except ValidationError as error:
            return JsonResponse({"problem": " ".join(error.messages)}, status=400)

    def _stored(self, request, file: UploadedFile | None, texts=None) -> Image:
        """Return the image of an uploaded file, which is stored once; without `texts` they are asked for later.

        Raises ValidationError with sentences for users.
        """
        texts = texts or {"alt": f"{UNDESCRIBED}: {file and file.name}"[:300]}
        form = modelform_factory(Image, fields=FIELDS)(texts, MultiValueDict({"file": [file]} if file else {}))
        if not form.is_valid():
            raise ValidationError(_problems(form))
        content_hash = form.cleaned_data["file"].content_hash
        image = Image.objects.filter(content_hash=content_hash).order_by("pk").first()
        if image is None:
            with transaction.atomic(), unseen():  # no text has it yet
                image = form.save()
                self.log_addition(request, image, "Uploaded.")
        return image

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"max_bytes": settings.IMAGE_MAX_BYTES} | (extra_context or {}))

    @admin_page("texts/", "texts", "GET", "POST", permission="add")
    def texts_view(self, request):
        """Write the texts of several `images` (their keys) in one form. Without permission to change images, only of
        those that have no alternative text yet.
        """
        keys = [key for text in request.GET.get("images", "").split(",")[:MOST_AT_ONCE] if (key := key_in(text))]
        images = Image.objects.all() if self.has_change_permission(request) else Image.objects.undescribed()
        tags = request.POST.get("tags", "")
        Texts = modelformset_factory(Image, TextsForm, fields=DESCRIPTION, extra=0)
        formset = Texts(request.POST or None, queryset=images.filter(pk__in=keys).order_by("pk"))
        if request.method == "POST" and formset.is_valid():
            with transaction.atomic():
                for image in formset.save():
                    self.log_change(request, image, "Described.")
                for form in formset:
                    form.instance.tags.add(*parse_tags(tags))
            messages.success(request, "The texts are saved.")
            return HttpResponseRedirect(admin_url(self, "changelist"))
        context = {"formset": formset, "tags": tags}
        return show(self, request, "admin/publishing/image_texts.html", "Describe the images", **context)

    @admin.action(description="Add tags", permissions=["change"])
    def add_tags(self, request, queryset):
        names = parse_tags(request.POST.get("tags", ""))
        for image in queryset:
            image.tags.add(*names)
        message = f"Tagged: {queryset.count()}." if names else "Enter the tags beside the action first."
        messages.add_message(request, messages.SUCCESS if names else messages.WARNING, message)

    @admin_page("<path:object_id>/describe/", "describe", "GET", "POST")
    def describe_view(self, request, record):
        """Save texts and focal point of an image from a dialog, and return it as JSON; errors are in `problem`.

        A GET returns the `fields` of the dialog as HTML, and a CSRF `token`.
        """
        form = modelform_factory(Image, fields=[*DESCRIPTION, *FOCAL])(request.POST or None, instance=record)
        if request.method == "GET":
            context = {"form": form, "preview": self.preview(record), "used_by": self.used_by(record)}
            fields = render_to_string("admin/publishing/image_details.html", context)
            return JsonResponse({"token": get_token(request), "fields": fields})
        if not form.is_valid():
            return JsonResponse({"problem": _problems(form)}, status=400)
        self.log_change(request, form.save(), "Described.")
        return JsonResponse(as_picture(record))

    @admin.display(description="Image")
    def thumbnail(self, image):
        return render_to_string("admin/publishing/image_thumbnail.html", {"shown": image.thumbnail})

    @admin.display(description="Size, credit, date", ordering="uploaded_at")
    def facts(self, image: Image) -> str:
        return render_to_string("admin/publishing/image_facts.html", {"image": image, "size": self.size(image)})

    @admin.display(description="Size", ordering="width_px")
    def size(self, image: Image) -> str:
        size = f"{image.width_px} × {image.height_px} pixels"
        return f"{size}, {size_in_words(image.size_bytes)}" if image.size_bytes else size

    uploaded = moment_column("Uploaded", "uploaded_at")

    @admin.display(description="Image")
    def preview(self, image: Image) -> str:
        crops = [
            {"name": name, "words": CROPS_IN_WORDS[name], "ratio": shape.ratio, "shown": image.pk and image.shown(name)}
            for name, shape in SHAPES.items()
            if shape.ratio
        ]
        return render_to_string("admin/publishing/image_preview.html", {"image": image, "crops": crops})

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        same_file = Image.objects.filter(content_hash=obj.content_hash).exclude(pk=obj.pk).order_by("pk").first()
        if same_file and "file" in form.changed_data:
            self.message_user(
                request, f"The same file already exists as “{same_file}” (number {same_file.pk}).", "warning"
            )


def _problems(form) -> str:
    problems = [sentence for sentences in form.errors.values() for sentence in sentences]
    return " ".join(dict.fromkeys(map(str, problems)))


def used_images() -> set[int]:
    """Return the keys of the images that texts, relations or unpublished versions show. One query per relation."""
    mentions = Reference.objects.filter(target_type=ContentType.objects.get_for_model(Image))
    used = set(mentions.values_list("target_id", flat=True))
    for relation in Image._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.one_to_many:
            key = relation.field.attname
            used |= set(relation.related_model._base_manager.exclude(**{key: None}).values_list(key, flat=True))
    return used.union(*(keys for _, keys in holders_without_references(Image)))
