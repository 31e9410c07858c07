"""Pages as Markdown."""

from publishing.rendering.markdown.blocks import heading, link, markdown_of, plain, table
from publishing.rendering.markdown.document import ended_block, markdown_document, markdown_response
