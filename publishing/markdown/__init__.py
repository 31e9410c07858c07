"""Pages as Markdown: from the same finished HTML that readers get."""

from publishing.markdown.blocks import heading, link, plain, table, to_markdown
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
    "to_markdown",
]
