"""SVG images, reduced to shapes and colours: whatever the lists below do not allow is left out.

Styles become attributes, so that no file needs a style element, which the security policy of uploads would block.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePath

from django.core.exceptions import ValidationError
from lxml import etree

SUFFIX = ".svg"
MOST_BYTES = 500_000
MOST_STYLE_CHARACTERS, MOST_ATTRIBUTES = 100_000, 200
NAMESPACE = "http://www.w3.org/2000/svg"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
ELEMENTS = {
    *SHAPES,
    *("svg", "g", "defs", "title", "desc", "text", "tspan", "use", "clipPath", "mask"),
    *("linearGradient", "radialGradient", "stop"),
}
# Attributes, most of which are also properties of styles.
PROPERTIES = {
    *("fill", "fill-opacity", "fill-rule", "clip-path", "clip-rule", "mask", "opacity", "color", "display"),
    *("stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity"),
    *("stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity", "font-family", "font-size"),
    *("font-weight", "font-style", "letter-spacing", "text-anchor", "transform", "visibility"),
}
ATTRIBUTES = {
    *PROPERTIES,
    *("id", "viewBox", "preserveAspectRatio", "width", "height", "d", "points", "x", "y", "x1", "y1", "x2", "y2"),
    *("cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "offset", "gradientUnits", "gradientTransform"),
    *("spreadMethod", "clipPathUnits", "maskUnits", "maskContentUnits"),
}
FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY"}
LOCAL_URL = re.compile(r"""\s*url\(\s*["']?#[\w.-]+["']?\s*\)\s*""")
BRACE = re.compile(r"([{}])")


def is_svg(name: str | None) -> bool:
    return PurePath(name or "").suffix.lower() == SUFFIX


def cleaned(content: bytes) -> bytes:
    """Return the allowed part of an SVG file, with width, height and viewBox. Raises ValidationError for users."""
    if len(content) > MOST_BYTES:
        raise ValidationError("This SVG file is larger than 500 kB. Simplify it, or save it as PNG.")
    root = _parsed(content)
    if root is None:
        raise ValidationError("This file is not an SVG image, or it contains entities. Export it again as plain SVG.")
    width, height = _size_of(root)
    if not width or not height:
        raise ValidationError("This SVG image has no size. Export it with width and height, or with a viewBox.")
    rules = _rules_of(root)
    _clean(root, rules)
    # Of several elements with one id, browsers take the first.
    targets = {element.get("id"): etree.QName(element).localname for element in reversed(list(root.iter()))}
    for use in list(root.iter(f"{{{NAMESPACE}}}use")):
        # Only plain shapes: nested uses could multiply without limit.
        href = next((use.attrib.pop(name) for name in HREFS if name in use.attrib), "")
        if targets.get(href.removeprefix("#")) in SHAPES and href.startswith("#"):
            use.set("href", href)
        elif (parent := use.getparent()) is not None:
            parent.remove(use)
    root.attrib.update({"width": str(width), "height": str(height)})
    root.set("viewBox", root.get("viewBox", f"0 0 {width} {height}"))
    etree.cleanup_namespaces(root)
    return etree.tostring(root)


def size(content: bytes) -> tuple[int | None, int | None]:
    """Return width and height in pixels; None if the file does not say."""
    root = _parsed(content)
    return (None, None) if root is None else _size_of(root)


def _parsed(content: bytes):
    """Return the root element, or None for anything but an SVG image without entities."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    is_plain = not root.getroottree().docinfo.internalDTD or b"<!ENTITY" not in content
    return root if is_plain and root.tag == f"{{{NAMESPACE}}}svg" else None


def _size_of(root) -> tuple[int | None, int | None]:
    pair = [re.fullmatch(r"\s*(\d{1,5}(?:\.\d+)?)(?:px|pt)?\s*", root.get(name, "")) for name in ("width", "height")]
    numbers = [match[1] for match in pair if match]
    if len(numbers) < 2:
        numbers = re.findall(r"-?\d{1,5}(?:\.\d+)?", root.get("viewBox", ""))[2:4]
    width, height = [round(float(number)) for number in numbers] if len(numbers) == 2 else (None, None)
    return (width, height) if width and height and min(width, height) > 0 else (None, None)


def _rules_of(root) -> dict[str, dict[str, str]]:
    """Return the properties of the simple selectors (`path`, `.name`, `#name`) in style elements."""
    styles = ["".join(style.itertext()) for style in root.iter(f"{{{NAMESPACE}}}style")]
    if sum(map(len, styles)) > MOST_STYLE_CHARACTERS:
        raise ValidationError(
            f"The style sheet in this SVG file has more than {MOST_STYLE_CHARACTERS:,} characters. "
            "Export it without embedded fonts, or save it as PNG."
        )
    rules = defaultdict(dict)
    for style in styles:
        for selectors, properties in _plain_rules(style):
            values = _properties(properties)
            for selector in selectors.split(","):
                rules[selector.strip()] |= values
    return rules


def _plain_rules(style: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and properties of the rules outside at-rules such as @media."""
    first, *others = style.split("/*")
    style = first + "".join(part.partition("*/")[2] for part in others)
    depth, selectors = 0, ""
    for part in BRACE.split(style):
        if part == "{":
            depth += 1
        elif part == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            selectors = part.rpartition(";")[2].strip()  # after at-rules without a block, such as @import
        elif depth == 1 and not selectors.startswith("@"):
            yield selectors, part


def _properties(text: str) -> dict[str, str]:
    """Return the values of the allowed properties."""
    pairs = [part.partition(":") for part in text.split(";")]
    values = {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}
    return {name: value for name, value in values.items() if name in PROPERTIES}


def _clean(element, rules) -> None:
    for child in list(element):
        name = etree.QName(child) if isinstance(child.tag, str) else None
        if name is None or name.namespace != NAMESPACE or name.localname not in ELEMENTS:
            element.remove(child)
        else:
            _clean(child, rules)
    if len(element.attrib) > MOST_ATTRIBUTES:  # lxml would look each of them up among all
        raise ValidationError(
            f"An element of this SVG file has more than {MOST_ATTRIBUTES} attributes. Export it again as plain SVG."
        )
    attributes = dict(element.attrib)
    classes = [f".{name}" for name in attributes.get("class", "").split()]
    for selector in (etree.QName(element).localname, *classes, f"#{attributes.get('id', '')}"):
        attributes |= rules.get(selector, {})
    attributes |= _properties(attributes.get("style", ""))
    element.attrib.clear()
    is_use = etree.QName(element).localname == "use"
    gradient = etree.QName(element).localname.endswith("Gradient")
    for name, value in attributes.items():
        if name in HREFS and (is_use or gradient) and re.fullmatch(r"#[\w.-]+", value):
            element.set("href" if gradient else name, value)
        elif name in ATTRIBUTES and _is_harmless(value):
            element.set(name, value)


def _is_harmless(value: str) -> bool:
    functions = [re.split(r"[\s),]", part.rstrip())[-1] for part in value.split("(")[:-1]]
    return bool(LOCAL_URL.fullmatch(value)) or ("\\" not in value and FUNCTIONS.issuperset(functions))
