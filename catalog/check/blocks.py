"""The blocks of a text, by indentation, list items, sections and brackets: what is set in a block holds for the block.

Lines are blocks with the deeper lines after them, and brackets are blocks within or over lines.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

# A line with its indentation and dash, up to its first character; or a bracket.
PIECE = re.compile(r"(?:\A|\n)([ \t]*+)(-[ \t]+)?(?=(\S))|[()\[\]{}]")
SECTION = re.compile(r"\[{1,2}[^\[\]\n]{1,120}\]{1,2}[ \t\r]*(?:\n|\Z)|##")  # of TOML and INI, and headings
OPENING = {")": "(", "]": "[", "}": "{"}
DEEPEST = 50
ROOT = 0


class Blocks:
    """Blocks by number: where each begins and ends, the one around it, and whether it is an item of a list."""

    def __init__(self, low: str):
        self.starts, self.ends, self.parents, self.is_item = [0], [len(low)], [ROOT], [True]
        self._stack, indent = [(ROOT, -2.0, "")], 0.0
        for piece in PIECE.finditer(low):
            sign, first = piece[0][-1:], piece[3]
            if first is None and sign in OPENING:
                opened = [kind for _, _, kind in self._stack]
                if OPENING[sign] in opened:
                    last = len(opened) - opened[::-1].index(OPENING[sign])
                    self._close(piece.start(), last - 1)
            elif first is None:
                self._open(piece.end(), indent + 0.5, sign)
            else:
                indent = 2.0 * len(piece[1].expandtabs(4)) + bool(piece[2])
                if first in OPENING:  # goes on with the line of the opening bracket
                    continue
                if SECTION.match(low, piece.end()):
                    indent = -1.0
                depth = next((at for at, (_, other, _) in enumerate(self._stack) if other >= indent), None)
                if depth is not None:
                    self._close(piece.start(), depth)
                self._open(piece.end(), indent, "-" if piece[2] else "")

    def _open(self, place: int, indent: float, kind: str) -> None:
        if len(self._stack) > DEEPEST:
            return
        parent, _, around = self._stack[-1]
        if around == "-" and kind in {"", "-"}:
            self.is_item[parent] = True  # more than a single value
        self._stack.append((len(self.starts), indent, kind))
        self.starts.append(place)
        self.ends.append(self.ends[ROOT])
        self.parents.append(parent)
        self.is_item.append(around == "[")

    def _close(self, place: int, depth: int) -> None:
        for block, _, _ in self._stack[depth:]:
            self.ends[block] = place
        del self._stack[depth:]

    def around(self, place: int) -> Iterator[int]:
        """Yield the blocks around a place from the innermost to the outermost, without the whole text."""
        block = bisect_right(self.starts, place) - 1
        while block != ROOT:
            if place < self.ends[block]:
                yield block
            block = self.parents[block]
