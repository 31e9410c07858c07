"""The form field of a relation to an image: its thumbnail, and a dialog to find, upload or describe one."""

from django import forms
from django.conf import settings
from django.forms import Script
from django.urls import reverse
from js_asset import Media

from ops.http.query_params import key_in
from publishing.admin.richtext_widget import DIALOG_STYLES, MODULES
from publishing.images.models import Image
from publishing.search.record_picker import as_picture

NEWEST = 40


class ImageChooser(forms.Select):
    """A select of the chosen and the newest images, which a script replaces by their thumbnails and a dialog.

    `may_add` and `may_change` are permissions of the user for images.
    """

    def __init__(self, may_add: bool = False, may_change: bool = False):
        attrs = {
            "data-find-url": reverse("admin:publishing_find"),
            "data-kind": Image._meta.label_lower,
            "data-max-bytes": settings.IMAGE_MAX_BYTES,
        }
        if may_add:
            attrs["data-upload-url"] = reverse("admin:publishing_image_upload")
        if may_change:
            attrs["data-describe-url"] = reverse("admin:publishing_image_describe", args=[0])
        super().__init__(attrs)

    @property
    def media(self) -> Media:
        css = {"all": [f"css/editor/{name}.css" for name in DIALOG_STYLES]}
        return Media(importmap=MODULES, css=css, js=[Script("js/image-chooser.js", type="module")])

    def optgroups(self, name: str, value: list[str], attrs: dict | None = None) -> list:
        chosen = Image.objects.filter(pk__in=[key for text in value if (key := key_in(str(text)))])
        self.pictures = {image.pk: image for image in [*chosen, *Image.objects.newest_first()[:NEWEST]]}
        self.choices = [("", "No image"), *self.pictures.items()]
        return super().optgroups(name, value, attrs)

    def create_option(self, name, value, label, *args, **kwargs):
        option = super().create_option(name, value, str(label), *args, **kwargs)
        if value:
            option["attrs"]["data-thumbnail"] = as_picture(self.pictures[value])["thumbnail_url"]
        return option
