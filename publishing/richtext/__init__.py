"""Rich text as it is stored: the table of elements, the allow-list, the field, one reading of a body.

Every way into the database passes `RichTextField`. A heading keeps the anchor of its first save as `id`; a note is
`<small>` in the text. Entry points: `RichTextField`, `clean`, `reading.Reading`, `schema`. Imports `ops`.
"""

from publishing.richtext.allowlist import clean
from publishing.richtext.field import RichTextField, rich_text_fields, tables_with_rich_text
