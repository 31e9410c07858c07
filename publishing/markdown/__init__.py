"""Pages as Markdown."""

from publishing.markdown.blocks import heading, link, plain, table
from publishing.markdown.document import markdown_document, markdown_response
from publishing.markdown.notices import ended_block

__all__ = [
    "ended_block",
    "heading",
    "link",
    "markdown_document",
    "markdown_response",
    "plain",
    "table",
]
