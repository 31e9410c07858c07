"""What of a record is searched."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchDocument:
    """The texts of one record, plain and in the order of their weight.

    Whatever stands here is shown to readers as soon as the record itself is public, so it may name another record only
    where that is public too. `names` are what it is also called; `keywords` lead to it and are not shown; `note` is
    what a reader must know beside the title.
    """

    title: str
    names: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    note: str = ""
