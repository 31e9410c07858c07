"""The rich text editor as a form widget: its extensions, URLs and files."""

import json

from django import forms
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django_prose_editor.widgets import prose_editor_media
from js_asset import ImportMap, Media

from publishing.content.facts import citable, with_current_values
from publishing.rendering.tables.sources import charts_to_choose, comparable
from publishing.rendering.tables.stored import with_current_tables
from publishing.richtext.allowlist import IMAGE_MODEL, RECORD_SCHEMES, WEB_SCHEMES, clean
from publishing.richtext.embeds import PROVIDERS
from publishing.richtext.schema import CALLOUTS, EDITOR_NODES, HEADINGS, WIDTHS
from publishing.richtext.snippets import MODEL as SNIPPET_MODEL
from publishing.richtext.table_element import MOST_FACTS, MOST_RECORDS

# Mapped by name, so that imports between modules also use the hashed file names of production.
NAMES = sorted(path.stem for path in (settings.BASE_DIR / "static" / "js" / "editor").glob("*.js"))
DIALOG_STYLES = ["dialogs", "finder"]
EDITOR_STYLES = ["menubar", "content", "tables", "blocks", *DIALOG_STYLES, "paste", "floating"]
MODULES = ImportMap(
    {f"richtext/{name}": f"js/editor/{name}.js" for name in NAMES} | {"focal-point": "js/focal-point.js"}
)

# The drawings of charts, as readers see them.
CHART_STYLES = ["chart", "lifetimes"]

MENU = [
    {"group": "blockType -lists"},
    {"group": "marks"},
    {"group": "link"},
    {"group": "lists"},
    {"group": "nodes -blockType -lists"},
    {"group": "insert"},
    {"group": "history"},
]


def editor_config() -> dict:
    """Return the editor's extensions with their options. Called at rendering, since it resolves URLs of the admin."""
    find_url, facts_url = reverse("admin:publishing_find"), reverse("admin:publishing_facts")
    return {
        "js_modules": ["richtext/extensions"],
        "extensions": dict.fromkeys(["Document", "Text", *EDITOR_NODES], True)
        | {
            "AnchoredHeading": {"levels": [int(tag[1]) for tag in HEADINGS]},
            "OrderedList": {"enableListAttributes": False, "listTypes": [{"label": "1, 2, 3", "type": "decimal"}]},
            "RecordLink": {"findUrl": find_url, "factsUrl": facts_url, "protocols": [*WEB_SCHEMES, *RECORD_SCHEMES]},
            # If only one kind of record has facts, the search is limited to it.
            "Fact": {
                "findUrl": find_url,
                "factsUrl": facts_url,
                "kind": next(iter(citable)) if len(citable) == 1 else "",
            },
            "Figure": {
                "findUrl": find_url,
                "uploadUrl": reverse("admin:publishing_image_upload"),
                "maxBytes": settings.IMAGE_MAX_BYTES,
                "kind": IMAGE_MODEL,
                "widths": WIDTHS,
            },
            # The browser replaces "0" by the key of the image.
            "Picture": {"kind": IMAGE_MODEL, "fileUrl": reverse("admin:publishing_image_file", args=[0])},
            "ComparisonTable": {
                "findUrl": find_url,
                "tableUrl": reverse("admin:publishing_table"),
                "kinds": {
                    label: {"noun": kind.noun, "columns": kind.columns, "charts": charts_to_choose(kind)}
                    for label, kind in comparable.items()
                },
                "mostRecords": MOST_RECORDS,
                "mostFacts": MOST_FACTS,
            },
            "Placeholder": {"placeholder": "Type / for blocks"},
            "Callout": {"kinds": CALLOUTS},
            "Embed": {
                "providers": {
                    name: {"title": provider.title, "address": provider.address} for name, provider in PROVIDERS.items()
                },
            },
            "Snippet": {"findUrl": find_url, "kind": SNIPPET_MODEL, "addUrl": reverse("admin:publishing_snippet_add")},
            **dict.fromkeys(["EmbedCaption", "History", "Dropcursor", "Gapcursor", "CaretInView", "FormLabel"], True),
            **dict.fromkeys(["SlashMenu", "Typing", "Passages", "MovedBlocks"], True),
            "CleanPaste": {"url": reverse("admin:publishing_paste")},
            "Menu": {"groups": MENU},
            "Toolbars": True,
        },
    }


class RichTextWidget(forms.Textarea):
    """A textarea that becomes the editor; without JavaScript it remains a textarea with the HTML."""

    @property
    def media(self) -> Media:
        # The library's admin styles are left out, because they fix every size with !important; ours replace them. Its
        # own file is listed again so that ours come after it.
        styles = ["django_prose_editor/editor.css", *(f"css/editor/{name}.css" for name in EDITOR_STYLES)]
        styles += [f"css/components/{name}.css" for name in CHART_STYLES]
        return prose_editor_media(preset="configurable") + Media(importmap=MODULES, css={"all": styles})

    def format_value(self, value):
        # The editor builds live elements from its text, so HTML that bypassed the field must be cleaned first.
        return (
            with_current_values(with_current_tables(clean(value)))
            if isinstance(value, str)
            else super().format_value(value)
        )

    def get_context(self, name: str, value: str | None, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-django-prose-editor-configurable"] = json.dumps(
            editor_config(), separators=(",", ":"), cls=DjangoJSONEncoder
        )
        return context

    def use_required_attribute(self, initial):
        # The textarea is hidden behind the editor, where a browser could not show its "fill in this field".
        return False
