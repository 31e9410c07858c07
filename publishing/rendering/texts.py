"""The bodies of a page, read from their compiled parts, with one look-up for all records, facts, images and tables."""

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import cast

from django.db.models import Value
from django.utils import timezone

from ops.db.compiled import CompiledQuery, moment
from ops.db.compiled import keys as keys_of
from ops.http.urls import absolute
from publishing.content.facts import Ended, RecordsOnDay, ended_among
from publishing.content.publishable import Publishable
from publishing.content.registry import publishable_model
from publishing.images.models import Image
from publishing.rendering.compiled_text import CompiledText
from publishing.rendering.filled_body import FilledBody, Heading
from publishing.rendering.markdown import markdown_of
from publishing.rendering.parts import as_stored, join
from publishing.rendering.tables.fill import Tables
from publishing.richtext.document import Mention
from publishing.richtext.snippets import with_snippets

MOST_ADDRESS_FIELDS = 2


class Texts:
    """The bodies of one page, with the records, facts, images and tables in them.

    One query for the parts, one for records, one for images, at most three for facts and tables, and those of
    charts. With `ends_in` the page lists the retired records whose facts one of these bodies cites or a table has.
    """

    def __init__(self, *bodies: str, is_absolute: bool = False, ends_in: Collection[str] = ()):
        self.is_absolute = is_absolute
        present = {body: with_snippets(body) for body in bodies}
        compiled_by_body = CompiledText.objects.of(*present.values())
        self.compiled = {None: compiled_by_body[None], "": compiled_by_body[""]} | {
            body: compiled_by_body[text] for body, text in present.items()
        }
        compiled_bodies = [self.compiled[body] for body in dict.fromkeys(bodies)]
        mentioned = [item for compiled in compiled_bodies for item in compiled.mentions]
        tables = [text for compiled in compiled_bodies for text in compiled.tables]
        self.tables = Tables(texts=tables, mentions=mentioned)
        self.facts = self.tables.facts
        relied_on = [item for body in ends_in for item in self.compiled[body].mentions if item.fact]
        relied_on += self.tables.mentions() if ends_in else []
        self.ended_by_place = ended_among(relied_on, self.tables.records)
        self.targets = _targets([*mentioned, *self.tables.mentions()], self.tables.records)
        pictures = {item.pk for item in mentioned if item.label == Image._meta.label_lower}
        self.pictures: dict[int, Image] = Image.objects.in_bulk(pictures) if pictures else {}
        self._plain_texts: dict[str, str] = {}
        self.begin()

    def begin(self) -> None:
        """Start anchors and numbers again, for a body on a page without the others, as in a feed."""
        self.anchors: set[str] = set()
        self.note_count = self.code_count = self.chart_count = 0
        self._bodies: dict[str, FilledBody] = {}

    @property
    def ended(self) -> list[Ended]:
        """Return the retired records that the page lists, in its order."""
        return list(self.ended_by_place.values())

    def mentions(self, body: str) -> list[Mention]:
        return self.compiled[body].mentions

    def plain_text(self, body: str) -> str:
        """Return the plain words of a body in one line, with the notes after the text and today's facts."""
        if body not in self._plain_texts:
            self._plain_texts[body] = self.filled_text(self.compiled[body].words, self.compiled[body].specs)
        return self._plain_texts[body]

    def filled_text(self, parts: list, specs: list) -> str:
        def fill(number, inside):
            _, *target, wording = specs[number]
            fact = self.facts.get(tuple(target))
            return " ".join(fact.worded(wording).split()) if fact else as_stored(inside)

        return join(parts, fill)

    def html(self, body: str) -> str:
        """Return the HTML for readers. Everything in it was escaped or sanitised."""
        return self._filled(body).text

    def headings(self, body: str) -> list[Heading]:
        return self._filled(body).headings

    def markdown(self, body: str, page: str = "") -> str:
        """Return the HTML as Markdown; links within the text lead to `page`, the URL of its page."""
        return markdown_of(self.html(body), page)

    def address(self, path: str) -> str:
        return absolute(path) if self.is_absolute and path.startswith("/") else path

    def _filled(self, body: str) -> FilledBody:
        if body not in self._bodies:
            self._bodies[body] = FilledBody(self, body)
        return self._bodies[body]


def _targets(mentions: list[Mention], records: dict[str, RecordsOnDay]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return URL and title of the mentioned public records. One query, none for those with facts."""
    targets, models, wanted = {}, {}, defaultdict(set)
    for item in mentions:
        wanted[item.label].add(item.pk)
    for label, keys in sorted(wanted.items()):
        if label in records:
            targets |= {(label, pk): page for pk, page in records[label].pages(keys).items()}
        elif model := publishable_model(label):
            models[label] = model
    pages = _pages_of(*models).rows(at=timezone.now(), **{label: wanted[label] for label in models}) if models else ()
    for label, pk, title, *address in pages:
        targets[label, pk] = models[label].address_of(*address[: len(models[label].address_fields)]), title
    return targets


@cache
def _pages_of(*labels: str) -> CompiledQuery:
    """Return label, key, title and address fields of public records of these models, whose keys are the parameters."""
    pages = []
    for label in labels:
        model = cast(type[Publishable], publishable_model(label))
        address = [*model.address_fields, *[Value("")] * (MOST_ADDRESS_FIELDS - len(model.address_fields))]
        records = model.objects.published(at=moment("at")).filter(pk__in=keys_of(label)).order_by()
        records = records.annotate(label=Value(label))
        pages.append(records.values_list("label", "pk", model.title_field, *address))
    first, *others = pages
    return CompiledQuery(first.union(*others, all=True))
