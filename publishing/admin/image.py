from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path

from publishing.admin.fields import moment_in_words
from publishing.models import Image
from publishing.where_used import uses_seen_by, where_used


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    list_display = ["thumbnail", "__str__", "size", "credit", "uploaded"]
    list_display_links = ["thumbnail", "__str__"]
    search_fields = ["alt", "credit", "file"]
    readonly_fields = ["preview", "size", "content_hash", "uploaded", "used_by"]
    FOCUS = (
        "Focus",
        {
            "fields": [("focal_x", "focal_y")],
            "description": "The point that stays in sight when the picture is cropped. 50, 50 is its middle.",
        },
    )
    fieldsets = [
        (None, {"fields": ["file", "preview", "alt", "is_decorative", "credit"]}),
        FOCUS,
        ("About this picture", {"fields": ["size", "content_hash", "uploaded", "used_by"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        if obj:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["file", "alt", "is_decorative", "credit"]}), self.FOCUS]

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name="publishing_image_file"), *super().get_urls()]

    def file_view(self, request, pk):
        """Lead to the picture's file: the editor shows a picture by its key, wherever its file lies."""
        return HttpResponseRedirect(get_object_or_404(Image, pk=pk).file.url)

    @admin.display(description="")
    def thumbnail(self, image):
        shown = {"url": image.shown("square")["url"], "alt": image.spoken_alt, "height_px": 48}
        return render_to_string("admin/publishing/picture.html", shown)

    @admin.display(description="Size", ordering="width_px")
    def size(self, image):
        return f"{image.width_px} × {image.height_px} pixels"

    @admin.display(description="Uploaded", ordering="uploaded_at")
    def uploaded(self, image):
        return moment_in_words(image.uploaded_at)

    @admin.display(description="Picture")
    def preview(self, image):
        if not image.pk:
            return "—"
        shown = {"url": image.file.url, "alt": image.spoken_alt, "height_px": 240}
        return render_to_string("admin/publishing/picture.html", shown)

    @admin.display(description="Used by")
    def used_by(self, image):
        return render_to_string("admin/publishing/used_by.html", {"uses": self._uses(image)})

    def get_object(self, request, object_id, from_field=None):
        image = super().get_object(request, object_id, from_field)
        if image is not None:
            image.asked_by = request.user
        return image

    def _uses(self, image):
        asked_by = getattr(image, "asked_by", None)
        return uses_seen_by(asked_by, image) if image.pk and asked_by else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        twin = Image.objects.filter(content_hash=obj.content_hash).exclude(pk=obj.pk).order_by("pk").first()
        if twin and "file" in form.changed_data:
            self.message_user(
                request, f"The very same file was there already, as “{twin}” (number {twin.pk}).", "warning"
            )

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        if IS_POPUP_VAR not in request.POST:
            words = "If you came from a text, go back to its tab: the new picture is in the list there."
            self.message_user(request, words, "info")
        return response

    def get_deleted_objects(self, objs, request):
        """Besides what Django finds: texts show a picture by reference, which no foreign key protects."""
        lines, counts, denied, protected = super().get_deleted_objects(objs, request)
        for image in objs:
            named = uses_seen_by(request.user, image)
            protected += [f"{use.source} shows “{image}”" for use in named]
            if where_used(image)[len(named) :]:
                protected.append(f"A draft that you do not see shows “{image}”")
        return lines, counts, denied, protected
