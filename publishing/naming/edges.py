"""Where words stand: alone, in a bracket, in an address."""

import re

# Words that are an address, a handle or a path, whatever names stand in them.
ADDRESS = re.compile(r"://|@|\bwww\.|^[#/~]|\w\.[a-z]{2,}(?:[/:)\]\"”,;]|$)|\w/[\w.-]+/", re.IGNORECASE)

BEFORE, AFTER = re.compile(r"[^\s(]*\Z"), re.compile(r"\S*")
LONGEST = 200  # signs of an address on each side of a name


def is_edge(text: str, place: int) -> bool:
    """Whether no word or number goes on at `place`."""
    return not (0 <= place < len(text) and (text[place].isalnum() or text[place] in "_@#$+"))


def is_cut(text: str, place: int) -> bool:
    """Whether an address goes on after a point, as in “openai.com”."""
    return text[place : place + 1] == "." and text[place + 1 : place + 2].isalnum()


def closed(text: str, start: int, end: int) -> int | None:
    """The end with the bracket that belongs to it; None where one is left open."""
    if "(" not in text[start:end]:
        return end
    return end + 1 if text[end : end + 1] == ")" else None


def is_in_address(text: str, start: int, end: int) -> bool:
    before = BEFORE.search(text, max(0, start - LONGEST), start)[0]
    return bool(ADDRESS.search(f"{before}{text[start:end]}{AFTER.match(text, end, end + LONGEST)[0]}"))
