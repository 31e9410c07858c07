"""The texts of an entry as they are indexed."""

from collections.abc import Iterator

from publishing.search.words import fold, joined, key, pieces, stem


def indexed(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the words of each piece of `text`, and the piece as one word or "": ([gpt, 3, 5], gpt35), ([turbo], "")."""
    for parts in pieces(fold(text)):
        yield [stem(part) for part in parts], stem(joined(parts))


def weighted(entry) -> tuple[str, str, str, str]:
    """Return the searched texts of an entry, by descending weight."""
    texts = entry.texts
    return texts.title, texts.names, f"{texts.keywords}\n{texts.summary}", texts.body


def keys_of(entry) -> list[str]:
    """Return the names of an entry as one word each, the title first."""
    return list(dict.fromkeys(filter(None, map(key, [entry.texts.title, *entry.texts.names.split("\n")]))))
