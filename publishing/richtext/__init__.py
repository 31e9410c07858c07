"""Rich text: the allowlist of HTML, the model field that enforces it, and its form field."""

from publishing.richtext.allowlist import clean
from publishing.richtext.field import RichTextField, rich_text_fields, tables_with_rich_text
