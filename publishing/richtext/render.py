"""From a stored body to what readers get: references filled in, headings with anchors, tables that read well."""

from collections import defaultdict
from dataclasses import dataclass

import nh3
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from publishing.addresses import absolute
from publishing.models import Image
from publishing.registry import publishable_model
from publishing.renditions import srcset
from publishing.richtext.allowlist import ATTRIBUTES, TAGS, WEB_SCHEMES
from publishing.richtext.document import mention, mentions, parse, serialize
from publishing.slugs import slug_for

# What the templates around a body call parts of their page.
RESERVED_ANCHORS = frozenset(
    [
        *("main", "articles", "models", "questions", "read-also", "related", "services"),
        *("our-view", "offerings", "searched", "facts", "history", "sources", "background"),
    ]
)
ADDRESS_FIELDS_LIMIT = 2
BODY_SIZES = "(min-width: 43rem) 40rem, 100vw"  # the measure of css/tokens.css

# Rendering adds to the one list what only the site itself may say.
_finish = nh3.Cleaner(
    tags={*TAGS, "thead", "div", "picture", "source"},
    attributes={
        "*": set(),
        **ATTRIBUTES,
        "a": {"href", "rel"},
        "img": {"src", "alt", "width", "height", "loading", "decoding"},
        "source": {"type", "srcset", "sizes"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "div": {"class", "role", "tabindex", "aria-label"},
        "pre": {"tabindex"},
    },
    url_schemes=set(WEB_SCHEMES),
    link_rel=None,
)


@dataclass(frozen=True)
class Heading:
    """A heading of a body: its anchor, its words, its level (2 to 4)."""

    anchor: str
    words: str
    level: int


class Texts:
    """The bodies of one page. What they all refer to is looked up at once, by two queries at most."""

    def __init__(self, *bodies: str, is_absolute: bool = False):
        self.is_absolute = is_absolute
        self.targets = _addresses(item for body in bodies for item in mentions(body))
        self.pictures = _pictures(item for body in bodies for item in mentions(body))
        self._anchors = set(RESERVED_ANCHORS)
        self._rendered: dict[str, tuple[str, list[Heading]]] = {}

    def html(self, body: str) -> str:
        """Return the HTML for readers. It has been through the sanitiser after the last change to it."""
        return self._render(body)[0]

    def headings(self, body: str) -> list[Heading]:
        return self._render(body)[1]

    def _render(self, body: str) -> tuple[str, list[Heading]]:
        if body not in self._rendered:
            tree = parse(body)
            headings = _give_anchors(tree, self._anchors)
            self._fill_pictures(tree)
            self._fill_links(tree)
            for table in list(tree.iter("table")):
                _make_table_readable(table)
            for block in tree.iter("pre"):
                block.set("tabindex", "0")  # it may scroll sideways, which the keyboard must be able to do
            self._rendered[body] = _finish.clean(serialize(tree)), headings
        return self._rendered[body]

    def _fill_links(self, tree):
        for link in list(tree.iter("a")):
            address = link.get("href") or ""
            item = mention(address)
            if item:
                address = self.targets.get((item.label, item.pk))
            elif address.lower().startswith(("http:", "https:")):
                link.set("rel", "noopener")
            if not address or address.startswith(("ref:", "fact:")):
                link.drop_tag()  # the words stay
            else:
                link.set("href", self._address(address))

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


def _addresses(items) -> dict[tuple[str, int], str]:
    """Return the addresses of those records, of all kinds, that are public; in one query."""
    wanted = defaultdict(set)
    for item in items:
        wanted[item.label].add(item.pk)
    parts = []
    for label, keys in sorted(wanted.items()):
        model = publishable_model(label)
        if model is not None:
            kind = Value(label, output_field=CharField())
            rows = model.objects.published().filter(pk__in=keys).order_by()
            parts.append(rows.values_list(kind, "pk", *_address_columns(model)))
    if not parts:
        return {}
    # Without order_by() the first model's own ordering would be asked of the whole, which has no such column.
    rows = parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0]
    return {(label, pk): _address(publishable_model(label), values) for label, pk, *values in rows}


def _address_columns(model) -> list:
    """As many columns for every kind, since a union asks for that."""
    names = model.address_fields
    filler = [Value("", output_field=CharField())] * (ADDRESS_FIELDS_LIMIT - len(names))
    return [*(Cast(F(name), CharField()) for name in names), *filler]


def _address(model, values) -> str:
    return model.address_of(*values[: len(model.address_fields)])


def _pictures(items) -> dict[int, Image]:
    keys = {item.pk for item in items if item.label == Image._meta.label_lower}
    return Image.objects.in_bulk(keys) if keys else {}


def _give_anchors(tree, taken: set[str]) -> list[Heading]:
    """Give every heading an anchor that is none of `taken`, and add it to them."""
    headings = []
    for element in tree.iter("h2", "h3", "h4"):
        words = " ".join(element.text_content().split())
        anchor = slug_for(words, "section", taken)
        taken.add(anchor)
        element.set("id", anchor)
        headings.append(Heading(anchor, words, int(element.tag[1])))
    return headings


def _make_table_readable(table):
    """Say which cells are headers of what, and let a wide table scroll by itself, by keyboard too."""
    rows = list(table.iter("tr"))
    if rows and len(rows[0]) and all(cell.tag == "th" for cell in rows[0]):
        for cell in rows[0]:
            cell.set("scope", cell.get("scope") or "col")
        body = rows[0].getparent()
        head = table.makeelement("thead", {})
        head.append(rows[0])
        body.addprevious(head)
        rows = rows[1:]
    for row in rows:
        for cell in row.iter("th"):
            cell.set("scope", cell.get("scope") or "row")
    caption = table.find("caption")
    words = " ".join(caption.text_content().split()) if caption is not None else ""
    frame = table.makeelement("div", {"class": "table-scroll", "role": "region", "tabindex": "0"})
    frame.set("aria-label", words or "Table")
    table.addprevious(frame)
    frame.tail, table.tail = table.tail, None
    frame.append(table)
