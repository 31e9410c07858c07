"""Pages as Markdown."""

from publishing.markdown.blocks import heading, link, plain, table
from publishing.markdown.document import markdown_document, markdown_response
from publishing.markdown.notices import ended_block
