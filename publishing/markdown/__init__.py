"""Pages as Markdown."""

from publishing.markdown.blocks import heading, link, plain, table
from publishing.markdown.document import ended_block, markdown_document, markdown_response
