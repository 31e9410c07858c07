"""What a reader of a page must know beside its text, as Markdown."""

from publishing.addresses import absolute
from publishing.facts import Ended
from publishing.markdown.blocks import link, plain


def ended_block(ended: list[Ended]) -> str:
    """Return the notice of what is retired, as `components/ended.html` says it; "" for nothing."""
    if not ended:
        return ""
    title = "A model named here is retired:" if len(ended) == 1 else "Models named here are retired:"
    return "\n".join([f"> **{title}**", ">", *(f"> - {_item(item)}" for item in ended)])


def _item(item: Ended) -> str:
    said = link(item.title, absolute(item.url))
    if item.since:
        said += f", since {item.since}"
    if item.replacement_url:
        said += f"; replaced by {link(item.replacement, absolute(item.replacement_url))}"
    elif item.replacement:
        said += f"; replaced by {plain(item.replacement)}"
    return said
