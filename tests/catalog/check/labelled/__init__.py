"""Texts that name AI models, labelled by somebody who wrote no rule of the check. Two halves: `open` to build with,
and `closed`, which was counted once before its rules were written, and which the rules have been fitted to since. Two
more sets, `fresh` and then `last`, were labelled when the rules were done, by other people.

`labels.json` of each half says for every file: its kind ("code", "text", "trap"); under "models" the slug of each
record that it names, with the provider that it names as the host of that model, or null; under "other" the names of
real models that are not on record, as written.

A host is named by the prefix or form of an id, an address, a class or resource of one cloud, or the sentence. The
vendor's own SDK alone names none, so that null and the vendor's own provider are the same verdict. Dated ids belong to
the record that has the id, else to the record without the date; a family without its version is no name. The labels
follow the catalogue of a fresh site on 2 December 2026: a name under "other" that has a record of its very own by now
is found where this record is.
"""

import json
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def labelled(half: str) -> Iterator[tuple[Path, str, dict]]:
    """Path, text and label of each file of "open", "closed", "fresh" or "last"."""
    labels = json.loads((FOLDER / half / "labels.json").read_text(encoding="utf-8"))
    for name, label in labels.items():
        path = FOLDER / half / name
        yield path, path.read_text(encoding="utf-8"), label
