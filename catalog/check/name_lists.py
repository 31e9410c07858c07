"""Names of models that are not on record, from the lists in name_sources.toml, and which of their words are English."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from catalog.importers.matching import bare_ids
from catalog.rules.spelling import words_of

SOURCES = Path(__file__).with_name("name_sources.toml")
NAMES, ENGLISH = SOURCES.with_name("other_names.txt"), SOURCES.with_name("english_words.txt")
LONGEST, MOST_WORDS = 60, 10
MOST_FIRSTS = 4  # an English word of names that begin with more words than that tells nothing: "text-to-image"


def made_from(folder: Path) -> tuple[list[str], list[str]]:
    """Return names, and their English words, in order. Raises FileNotFoundError."""
    lists = tomllib.loads(SOURCES.read_text(encoding="utf-8"))
    english = {*(folder / lists["words"]["file"]).read_text(encoding="utf-8").lower().split()}  # also "Albert"
    names = {words for source in lists["sources"] for words in _names(source, folder)}
    firsts: dict[str, set[str]] = defaultdict(set)
    for words in names:
        for word in words:
            firsts[word].add(words[0])
    kept = [
        "-".join(words)
        for words in names
        if not english.issuperset(words) or min(len(firsts[word]) for word in words) <= MOST_FIRSTS
    ]
    return sorted(kept), sorted(english.intersection(firsts))


def _names(source: dict, folder: Path) -> Iterator[tuple[str, ...]]:
    pattern = re.compile(source["pattern"], re.MULTILINE)
    for text in (text for name in source["files"] for text in _texts(folder / name)):
        for match in pattern.finditer(text):
            name = match[match.lastindex or 0].lower().replace("_", "-").strip(". ")
            words = tuple(words_of([*bare_ids(name)][-1]))
            vendor = name.split("/")[-2:-1]
            if vendor and words and vendor[0].startswith(words[0]) and vendor[0].isalpha():
                yield (*vendor, *words[1:])  # "elevenlabs/eleven_multilingual_v2" is ElevenLabs Multilingual v2
            if words and words[0][0].isalpha() and len(words) <= MOST_WORDS and len("-".join(words)) <= LONGEST:
                yield words


def _texts(path: Path) -> Iterator[str]:
    if path.suffix != ".whl":
        yield path.read_text(encoding="utf-8")
        return
    with ZipFile(path) as wheel:
        for name in wheel.namelist():
            if name.endswith(".py"):
                yield wheel.read(name).decode()
