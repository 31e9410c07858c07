"""From a stored body to what readers get: references filled in, headings with anchors, tables that read well."""

from collections import defaultdict
from dataclasses import dataclass

import nh3
from django.conf import settings
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast
from django.utils.functional import cached_property

from publishing.addresses import absolute
from publishing.comparisons.filling import Tables
from publishing.comparisons.showing import Addresses, add_source, date_caption, unlink_values
from publishing.facts import Ended, cited, ended_among, say, standings, with_values_of_today
from publishing.memo import Memo
from publishing.models import Image
from publishing.prepared import Prepared
from publishing.registry import address_columns, address_from, publishable_model
from publishing.renditions import srcset
from publishing.richtext.allowlist import WEB_SCHEMES
from publishing.richtext.anchors import anchors_for
from publishing.richtext.blocks import add_credit, make_code_readable, make_table_readable
from publishing.richtext.comparison import MARK
from publishing.richtext.document import Mention, mention, parse, serialize, words_of
from publishing.richtext.notes import SOURCE, Notes
from publishing.richtext.reading import mentions
from publishing.richtext.schema import ATTRIBUTES, HEADINGS, TAGS

BODY_SIZES = "(min-width: 43rem) 40rem, 100vw"  # the measure of css/tokens.css

# Rendering adds to the one list what only the site itself may say.
_finish = nh3.Cleaner(
    tags={*TAGS, "thead", "div", "section", "span", "sup", "wbr", "picture", "source"},
    attributes={
        "*": set(),
        **ATTRIBUTES,
        "table": set(),
        "em": {"class"},
        "a": {"href", "rel", "id", "class", "role", "aria-label"},
        "img": {"src", "alt", "width", "height", "loading", "decoding"},
        "source": {"type", "srcset", "sizes"},
        "div": {"class", "role", "tabindex", "aria-label"},
        "pre": {"role", "tabindex", "aria-label"},
        "section": {"class", "role", "aria-label"},
        "p": {"id", "class", "role"},
        "span": {"class"},
        "sup": {"class"},
    },
    url_schemes=set(WEB_SCHEMES),
    link_rel=None,
)


_renderings = Memo(most=512)


@dataclass(frozen=True)
class Heading:
    """A heading of a body: its anchor, its words, its level (2 to 4)."""

    anchor: str
    words: str
    level: int


class Texts:
    """The bodies of one page. What they all refer to is looked up at once: records by one query, pictures by another,
    facts by two, the rows of comparison tables by one.

    `tells_ended`: the page says what is retired of that, which is a fact like others. `owners` are the records of which
    these are texts: where they are given, a table leads to its file.
    """

    def __init__(self, *bodies: str, is_absolute: bool = False, tells_ended: bool = False, owners=()):
        self.is_absolute = is_absolute
        self.tables = Tables(*bodies)
        self.table_files = Addresses(owners)
        named = [item for body in bodies for item in mentions(body)] + self.tables.mentions()
        self._standings = standings(named) if tells_ended else []
        self.facts = cited(named + self._standings, self.tables.wanted())
        self.targets, self.titles = _targets(item for item in named if self._fact(item) is None)
        self.pictures = _pictures(named)
        self.sources = {str(fact.source.key): fact.source for fact in self.facts.values() if fact.source}
        self._anchors: set[str] = set()
        self._notes = Notes()
        self._code_blocks = 0
        self._rendered: dict[str, tuple[str, list[Heading]]] = {}

    @cached_property
    def ended(self) -> list[Ended]:
        """What is retired of the records that the page speaks of. One query where anything is."""
        return ended_among(self._standings, self.facts)

    def pages_of(self, label: str, pk: int) -> list[tuple[str, str]]:
        """Return address and title of a record that is mentioned, in a list; none where readers cannot see it."""
        if (label, pk) in self.targets:
            return [(self.targets[label, pk], self.titles[label, pk])]
        facts = (fact for (kind, key, _), fact in self.facts.items() if (kind, key) == (label, pk))
        return [(fact.url, fact.title) for fact in facts][:1]

    def of_today(self, body: str) -> str:
        """Return a stored body with the values of today: for its plain words."""
        if not self.facts:
            return body
        key = ("of today", body, self._facts_known)
        known = _renderings.get(key)
        if known is None:
            known = with_values_of_today(body, self.facts)
            _renderings.put(key, known)
        return known

    def html_alone(self, body: str) -> str:
        """As `html`, for a body that stands on no page with the others, as in a feed: its numbers begin at 1."""
        self._anchors, self._notes, self._code_blocks = set(), Notes(), 0
        return self.html(body)

    def html(self, body: str) -> str:
        """Return the HTML for readers. It has been through the sanitiser after the last change to it."""
        return self._render(body)[0]

    def headings(self, body: str) -> list[Heading]:
        return self._render(body)[1]

    def _render(self, body: str) -> tuple[str, list[Heading]]:
        if body not in self._rendered:
            self._rendered[body] = self._render_once(body)
        return self._rendered[body]

    def _render_once(self, body: str) -> tuple[str, list[Heading]]:
        """Render a body, unless this process has rendered the same letters with the same facts, addresses and numbers
        before: nothing else tells what becomes of them, but of tables and pictures, with which they are made anew."""
        if self.pictures or MARK in body:
            return self._render_anew(body)
        numbers = (frozenset(self._anchors), self._notes.count, self._code_blocks)
        key = (body, self.is_absolute and settings.SITE_URL, self._looked_up, *numbers)
        known = _renderings.get(key)
        if known is None:
            result = self._render_anew(body)
            known = result, (frozenset(self._anchors), self._notes.count, self._code_blocks)
            _renderings.put(key, known)
        (html, headings), (anchors, self._notes.count, self._code_blocks) = known
        self._anchors.update(anchors)
        return html, list(headings)

    @cached_property
    def _looked_up(self) -> tuple:
        return self._facts_known, frozenset(self.targets.items())

    @cached_property
    def _facts_known(self) -> frozenset:
        return frozenset(self.facts.items())

    def _render_anew(self, body: str) -> tuple[str, list[Heading]]:
        tree = parse(body)
        anchored = _give_anchors(tree, self._anchors)
        self._fill_pictures(tree)
        compared = self.tables.fill(tree, self.facts)
        self._fill_links(tree)
        # Now that facts in them say what is known today.
        headings = [Heading(element.get("id"), words_of(element), int(element.tag[1])) for element in anchored]
        for filled in compared:
            date_caption(filled)
        for table in list(tree.iter("table")):
            make_table_readable(table)
        for place, filled in enumerate(compared):
            add_source(filled, filled.element.getparent(), self.table_files.of(body, place), self._address)
        for block in tree.iter("pre"):
            self._code_blocks += 1
            make_code_readable(block, f"Code {self._code_blocks}")
        self._notes.take_out(tree, self.sources)
        for filled in compared:
            unlink_values(filled)
        return _finish.clean(serialize(tree)), headings

    def _fill_links(self, tree):
        for link in list(tree.iter("a")):
            address = link.get("href") or ""
            item = mention(address)
            if item and (fact := self._fact(item)):
                self._fill_fact(link, fact, item.wording)
                continue
            if item:
                address = self.targets.get((item.label, item.pk))
            elif address.lower().startswith(("http:", "https:")):
                link.set("rel", "noopener")
            if not address or address.startswith(("ref:", "fact:")):
                link.drop_tag()  # the words stay
            else:
                link.set("href", self._address(address))

    def _fact(self, item: Mention):
        return self.facts.get((item.label, item.pk, item.fact))

    def _fill_fact(self, link, fact, wording: str):
        """Today's value in the place of what it was when the text was written; its source gets a number beside it."""
        say(link, fact, wording)
        link.set("href", self._address(fact.url))
        link.set("class", "fact")
        if fact.source and not any(parent.tag in HEADINGS for parent in link.iterancestors()):
            link.set(SOURCE, str(fact.source.key))

    def _fill_pictures(self, tree):
        for foreign in list(tree.iter("source")):  # which the list does not hold: it came past the field
            foreign.drop_tag()
        for element in list(tree.iter("img")):
            item = mention(element.get("src"))
            picture = self.pictures.get(item.pk) if item else None
            if item and picture is None:
                element.drop_tree()
                continue
            if picture:
                self._fill_picture(element, picture)
            element.set("src", self._address(element.get("src")))
            element.set("loading", "lazy")
            element.set("decoding", "async")
        for figure in list(tree.iter("figure")):
            if figure.find(".//img") is None:
                figure.drop_tree()

    def _fill_picture(self, element, picture):
        """As `components/picture.html`, in the tree."""
        shown = picture.shown("whole")
        element.set("src", shown["url"])
        if shown["width"] and shown["height"]:
            element.set("width", str(shown["width"]))
            element.set("height", str(shown["height"]))
        element.set("alt", element.get("alt") or picture.spoken_alt)
        if picture.credit:
            add_credit(element.getparent(), picture.credit)
        if sources := picture.sources("whole"):
            frame = element.makeelement("picture", {})
            element.addprevious(frame)
            frame.tail, element.tail = element.tail, None
            for source in sources:
                pairs = [(self._address(url), width) for url, width in source["srcset"]]
                attributes = {"type": source["type"], "srcset": srcset(pairs), "sizes": BODY_SIZES}
                frame.append(element.makeelement("source", attributes))
            frame.append(element)

    def _address(self, address: str) -> str:
        return absolute(address) if self.is_absolute and address.startswith("/") else address


def _targets(items) -> tuple[dict[tuple[str, int], str], dict[tuple[str, int], str]]:
    """Return the addresses and the titles of those records, of all kinds, that are public; in one query."""
    wanted = defaultdict(set)
    for item in items:
        wanted[item.label].add(item.pk)
    labels = tuple(label for label in sorted(wanted) if publishable_model(label) is not None)
    if not labels:
        return {}, {}
    rows = _public_among(*(list(wanted[label]) for label in labels), labels=labels)
    addresses = {(label, pk): address_from(label, columns) for label, pk, _, *columns in rows}
    return addresses, {(label, pk): title for label, pk, title, *_ in rows}


@Prepared
def _public_among(*keys, labels):
    """What addresses and titles are made of, of those with these keys of each kind that are public."""
    parts = []
    for label, keys_of_kind in zip(labels, keys, strict=True):
        model = publishable_model(label)
        kind = Value(label, output_field=CharField())
        rows = model.objects.published().filter(pk__in=keys_of_kind).order_by()
        title = Cast(F(model.title_field), CharField())
        parts.append(rows.values_list(kind, "pk", title, *address_columns(model)))
    # Without order_by() the first model's own ordering would be asked of the whole, which has no such column.
    return parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0]


def _pictures(items) -> dict[int, Image]:
    keys = {item.pk for item in items if item.label == Image._meta.label_lower}
    return Image.objects.in_bulk(keys) if keys else {}


def _give_anchors(tree, taken: set[str]) -> list:
    """Give every heading with words an anchor that is none of `taken`, its own if it can be, and add it to them.

    Return these headings."""
    elements = list(tree.iter(*HEADINGS))
    words = [words_of(element) for element in elements]
    own = [element.attrib.pop("id", "") for element in elements]
    anchors = anchors_for(list(zip(own, words, strict=True)), taken)
    anchored = []
    for element, anchor in zip(elements, anchors, strict=True):
        if anchor:
            element.set("id", anchor)
            anchored.append(element)
    taken.update(filter(None, anchors))
    return anchored
