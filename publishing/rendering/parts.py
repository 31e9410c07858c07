"""Compiled text as parts: strings, and holes that are filled when it is read.

A writer marks a hole by noncharacters, which no text contains; `split` parses this to a list of strings and holes. A
hole is a list: its number, then the parts between its separators.
"""

import re
from collections.abc import Callable

OPEN, NUMBERED, NEXT, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_SIGN = re.compile(f"{OPEN}(\\d+){NUMBERED}|{NEXT}|{CLOSE}")


def hole(number: int, *insides: str) -> str:
    return f"{OPEN}{number}{NUMBERED}{NEXT.join(insides)}{CLOSE}"


def split(text: str) -> list:
    around, parts, end = [], [], 0
    for sign in _SIGN.finditer(text):
        if sign.start() > end:
            parts.append(text[end : sign.start()])
        end = sign.end()
        if sign[1]:
            new_hole = [int(sign[1]), []]
            parts.append(new_hole)
            around.append((parts, new_hole))
            parts = new_hole[1]
        elif sign[0] == NEXT:
            parts = []
            around[-1][1].append(parts)
        else:
            parts, _ = around.pop()
    if end < len(text):
        parts.append(text[end:])
    return parts


def join(parts: list, fill: Callable[..., str]) -> str:
    """Return the parts as one text; `fill` takes the number of a hole and the parts inside it."""
    return "".join([part if isinstance(part, str) else fill(*part) for part in parts])


def as_stored(parts: list) -> str:
    """Return the parts with the saved words in all holes."""
    return join(parts, lambda _, inside, *others: as_stored(inside))
