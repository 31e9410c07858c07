"""Rich text: one list of allowed HTML, the field that keeps to it, and the editor that writes it."""

from publishing.richtext.allowlist import clean
from publishing.richtext.field import RichTextField, rich_text_fields, tables_with_rich_text
