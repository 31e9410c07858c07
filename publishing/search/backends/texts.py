"""The texts of an entry as an index holds them."""

from collections.abc import Iterator

from publishing.search.words import fold, joined, key, pieces, stem


def indexed(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the words of each piece of `text`, and the piece as one word or "": ([gpt, 3, 5], gpt35), ([turbo], "")."""
    for parts in pieces(fold(text)):
        yield [stem(part) for part in parts], stem(joined(parts))


def weighted(entry) -> tuple[str, str, str, str]:
    """Return the texts of an entry that are searched, the weightiest first."""
    texts = entry.texts
    return texts.title, texts.names, f"{texts.keywords}\n{texts.summary}", texts.body


def keys_of(entry) -> list[str]:
    """Return the names of an entry, its title first, each in one word."""
    return list(dict.fromkeys(filter(None, map(key, [entry.texts.title, *entry.texts.names.split("\n")]))))
