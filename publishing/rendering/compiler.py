"""Compile a body to parts: HTML and plain words with holes for everything that depends on other records."""

import hashlib
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache

import orjson

from publishing.rendering.html_writer import HtmlWriter
from publishing.rendering.parts import split
from publishing.richtext.allowlist import sanitised
from publishing.richtext.document import Mention
from publishing.richtext.reading import TextBlocks

# Increase when the result of compiling a body changes: by the allowlist, the schema or a writer.
VERSION = 15
COMPILED_IN_MEMORY = 8  # a text of 1 MB takes about 10 MB


@dataclass(frozen=True)
class Compiled:
    """A compiled body. `html` and `words` are parts (publishing.rendering.parts), with holes as in `specs`.

    `headings` are anchor as stored, words as stored, level, words as parts. `notes` are HTML, length in letters, and
    the height of the text above; `height` is that of the whole body; both heights are in lines. `tables`
    are the attribute values of the catalogue tables; `mentioned` is kind, key, fact and wording of each mention.
    """

    html: list = field(default_factory=list)
    words: list = field(default_factory=list)
    specs: list = field(default_factory=list)
    headings: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    tables: list = field(default_factory=list)
    mentioned: list = field(default_factory=list)
    height: float = 0.0

    @cached_property
    def mentions(self) -> list[Mention]:
        return [Mention(label, pk, fact=fact, wording=wording) for label, pk, fact, wording in self.mentioned]

    def as_json(self) -> str:
        return orjson.dumps(asdict(self)).decode()


def key_of(body: str) -> str:
    """Return the key of a body compiled by this version."""
    return hashlib.sha256(f"{VERSION}\n{body}".encode(errors="surrogatepass")).hexdigest()


@lru_cache(maxsize=COMPILED_IN_MEMORY)
def compiled(body: str) -> Compiled:
    """Sanitise and compile a body. A pure function without queries."""
    reading = TextBlocks.of(sanitised(body))
    writer = HtmlWriter(reading)
    text = " ".join(writer.text_with_holes(reading.runs()).split())
    return Compiled(
        html=split(writer.html),
        words=split(text),
        specs=writer.specs,
        headings=writer.headings,
        notes=writer.notes,
        tables=writer.tables,
        mentioned=[[item.label, item.pk, item.fact, item.wording] for item in reading.mentions],
        height=writer.height,
    )
