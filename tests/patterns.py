"""Every pattern of the product code, and texts that make careless patterns slow."""

import ast
import importlib
import re
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from re import _constants as kinds  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from time import thread_time
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.core.validators import RegexValidator
from django.db.models import Q
from django.forms import BaseForm
from django.urls import get_resolver

from ops.http.long_addresses import MOST_CHARACTERS as MOST_OF_AN_ADDRESS
from publishing.richtext.embeds import PROVIDERS

PACKAGES = ("articles", "catalog", "faq", "enquiries", "publishing", "ops", "config")
FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
METHODS = FUNCTIONS - {"compile"}
PLACEHOLDER = "name"  # for the parts of a pattern that are known only when it runs
# Calls whose whole pattern is known only when they run, with the patterns that they get.
COMPUTED = {
    "publishing/richtext/embeds.py": [form for one in PROVIDERS.values() for form in (one.key, one.address)],
    "catalog/check/name_lists.py": [],  # read only files of developers
}

CHARACTERS = 8_000
FAST_SECONDS = 0.001  # for that many characters: an eighth of a microsecond for each
LIMIT_SECONDS = 3
LINEAR, GROWTH = 5, 9  # for four times as many characters; quadratic is 16
UNITS = (
    *("1", "a", "A", "é", "我", " ", "\t", "\n", "-", "–", "_", ".", ",", ":", ";", "/", "\\", "@", "#", "&", "=", "%"),
    *("'", '"', "“", "”", "„", "«", "»", "’", "`", "*", "|", "(", ")", "[", "]", "{", "}", "<", ">", "!", "?", "€"),
    *("1,", "1.", "1-", "1–", "1 ", "a.", "a-", "a_", "a/", "a:", "a ", "A ", "a1", "a1-", "a\n", "a;", "a=", "()"),
    *("<a ", "<p>", "</p>", "<ul><li>", "<!--", "<a href=", '<img src="', "&amp;", "a@b.", "http://", "gpt-5 "),
    *("12 May ", "model: ", "data:image/png", " (", "“a", ". A", "- a\n", "| a ", "a{", "@a{", "/*", "*/", "[^1]: "),
    *("~", "{}", "# ", "GPT-4o, "),
)
TAILS = ("", "!", "\n\x07")


@dataclass(frozen=True)
class UsedPattern:
    """A pattern with the place of its first occurrence and the ways in which the code applies it."""

    text: str
    flags: int
    place: str
    methods: frozenset[str]
    characters: int  # of a text
    fast_seconds: float  # so fast that growth does not matter

    @property
    def compiled(self) -> re.Pattern:
        return re.compile(self.text, self.flags)


@cache
def used_patterns() -> list[UsedPattern]:
    """Return the patterns of the product code: in calls of `re`, in modules, validators, constraints and addresses."""
    methods, places = defaultdict(set), {}
    for text, flags, place, names in (*_in_source(), *_in_modules(), *_in_django()):
        places.setdefault((text, flags), place)
        methods[text, flags] |= names
    return [
        UsedPattern(*key, place, frozenset(methods[key] or {"finditer"}), *_limits(place))
        for key, place in places.items()
    ]


def _limits(place: str) -> tuple[int, float]:
    """Return the length of the longest text and the time that is fast enough for it. Longer addresses are refused."""
    if place.startswith("address "):
        return MOST_OF_AN_ADDRESS, 0.05
    # Hundreds of phrases, each with limits to all repetitions: at most 40.
    return CHARACTERS // (4 if place.startswith("publishing/quality/claims/") else 1), FAST_SECONDS


def _sources() -> Iterator[tuple[str, ast.Module, ModuleType]]:
    for package in PACKAGES:
        for path in sorted(Path(package).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "__main__.py":
                name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
                yield str(path), ast.parse(path.read_text("utf-8")), importlib.import_module(name)


@cache
def _uses() -> dict[tuple[str, str], set[str]]:
    """Return the methods that are called on each name of a module, also where other modules import it."""
    uses, origins = defaultdict(set), {}
    for _, tree, module in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    origins[module.__name__, alias.asname or alias.name] = node.module, alias.name
    for _, tree, module in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                name = getattr(node.value, "id", None) or getattr(node.value, "attr", None)
                place = module.__name__, name
                uses[origins.get(place, place)].add(node.attr)
    return uses


def _in_source() -> Iterator[tuple[str, int, str, set[str]]]:
    for path, tree, module in _sources():
        assigned = sorted((node for node in ast.walk(tree) if isinstance(node, ast.Assign)), key=lambda one: one.lineno)
        targets = {id(node.value): _name(node.targets[0]) for node in assigned}
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if getattr(node.func.value, "id", None) != "re" or node.func.attr not in FUNCTIONS:
                continue
            place, name = f"{path}:{node.lineno}", node.func.attr
            flags = re.NOFLAG
            for flag in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
                given = _value(flag, module)
                flags |= given if isinstance(given, re.RegexFlag) else 0
            uses = _uses()[module.__name__, targets.get(id(node), "")] if name == "compile" else {name}
            text = _text(node.args[0], module, assigned)
            if text == PLACEHOLDER:
                yield from ((form, flags, place, uses) for form in COMPUTED[path])
            else:
                yield text, flags, place, uses


def _value(node: ast.expr, module: ModuleType) -> object:
    try:
        return eval(compile(ast.Expression(node), "<pattern>", "eval"), vars(module))
    except (NameError, AttributeError, TypeError):
        return None


def _name(node: ast.expr) -> str:
    return getattr(node, "id", None) or getattr(node, "attr", "")


def _text(node: ast.expr, module: ModuleType, assigned: list[ast.Assign]) -> str:
    """Return a pattern, with a placeholder for what only the running code knows."""
    if isinstance(text := _value(node, module), str):
        return text
    match node:
        case ast.JoinedStr():
            return "".join(_text(part, module, assigned) for part in node.values)
        case ast.FormattedValue():
            return _text(node.value, module, assigned)
        case ast.BinOp(op=ast.Add()):
            return _text(node.left, module, assigned) + _text(node.right, module, assigned)
        case ast.BinOp(op=ast.Mod()):
            form = _text(node.left, module, assigned)
            return form % ((PLACEHOLDER,) * form.count("%s"))
        case ast.Name():
            above = [one.value for one in assigned if one.lineno < node.lineno and _name(one.targets[0]) == node.id]
            return _text(above[-1], module, assigned) if above else PLACEHOLDER
        case ast.Call(func=ast.Attribute(attr="join"), args=[ast.Name() | ast.GeneratorExp() | ast.Call() as parts]):
            part = _text(parts, module, assigned)
            return f"{part}{_text(node.func.value, module, assigned)}{PLACEHOLDER}"
        case ast.GeneratorExp():
            return _text(node.elt, module, assigned)
    return PLACEHOLDER


def _in_modules() -> Iterator[tuple[str, int, str, set[str]]]:
    for path, _, module in _sources():
        for name, value in vars(module).items():
            for pattern in _patterns_in(value, module.__name__):
                yield pattern.pattern, pattern.flags & ~re.UNICODE, f"{path}: {name}", _uses()[module.__name__, name]


def _patterns_in(value: object, module: str, depth: int = 4) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, RegexValidator):
        yield re.compile(value.regex)
    elif depth and isinstance(value, dict):
        for one in [*value.keys(), *value.values()]:
            yield from _patterns_in(one, module, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _patterns_in(one, module, depth - 1)
    elif depth and module in {value.__class__.__module__, getattr(value, "__module__", "")}:
        for one in getattr(value, "__dict__", {}).values():
            yield from _patterns_in(one, module, depth - 1)


def _in_django() -> Iterator[tuple[str, int, str, set[str]]]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in PACKAGES:
            continue
        for field in model._meta.get_fields():
            for pattern in _patterns_in(list(getattr(field, "validators", ())), ""):
                yield pattern.pattern, pattern.flags & ~re.UNICODE, f"{model._meta.label}.{field.name}", {"search"}
        for constraint in model._meta.constraints:
            for text in _regexes_of(getattr(constraint, "condition", None)):
                yield text, re.NOFLAG, f"{model._meta.label}: {constraint.name}", {"search"}
    for form in _subclasses(BaseForm):
        if form.__module__.split(".")[0] in PACKAGES:
            for name, field in getattr(form, "base_fields", {}).items():
                for pattern in _patterns_in(list(field.validators), ""):
                    yield pattern.pattern, pattern.flags & ~re.UNICODE, f"{form.__name__}.{name}", {"search"}
    yield from _addresses(get_resolver(settings.ROOT_URLCONF))


def _regexes_of(condition: object) -> Iterator[str]:
    if isinstance(condition, Q):
        for part in condition.children:
            if isinstance(part, Q):
                yield from _regexes_of(part)
            elif isinstance(part, tuple) and part[0].endswith(("__regex", "__iregex")):
                yield part[1]


def _subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _addresses(resolver) -> Iterator[tuple[str, int, str, set[str]]]:
    for one in resolver.url_patterns:
        yield one.pattern.regex.pattern, re.NOFLAG, f"address {one.pattern}", {"search"}
        if hasattr(one, "url_patterns"):
            yield from _addresses(one)


# Texts


def attacks(pattern: re.Pattern) -> Iterator[tuple[str, str, str]]:
    """Yield heads, units and tails, of which the text `head + unit * n + tail` may be slow."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    units = [*dict.fromkeys(islice(_signs(tree), 10))]
    own = dict.fromkeys(["".join(pair) for pair in product(units, repeat=2)] + units)
    whole = _sample(tree)
    seen = set()
    for head, unit in [
        *(("", unit) for unit in (*UNITS, *own, whole)),
        *_repeats(tree, ""),
    ]:
        for tail in TAILS:
            if unit and (head, unit, tail) not in seen:
                seen.add((head, unit, tail))
                yield head, unit, tail


def _repeats(tree, head: str) -> Iterator[tuple[str, str]]:
    """Yield the text before each repetition in a pattern, and what it repeats."""
    for kind, value in tree:
        for part in _inner(kind, value):
            yield from _repeats(part, head)
        if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT} and value[1] > 1_000:
            for unit in dict.fromkeys([_sample(value[2]), *islice(_signs(value[2]), 4)]):
                yield head, unit
                yield "", head + unit
            yield from ((head, unit) for unit in UNITS[:60:3])
        head += _sample([(kind, value)])


def _inner(kind, value) -> list:
    match kind:
        case kinds.SUBPATTERN:
            return [value[3]]
        case kinds.BRANCH:
            return value[1]
        case kinds.MAX_REPEAT | kinds.MIN_REPEAT | kinds.POSSESSIVE_REPEAT:
            return [value[2]]
        case kinds.ASSERT | kinds.ASSERT_NOT:
            return [value[1]]
        case kinds.ATOMIC_GROUP:
            return [value]
    return []


def _signs(tree) -> Iterator[str]:
    """Yield signs that the parts of a pattern match."""
    for kind, value in tree:
        match kind:
            case kinds.LITERAL:
                yield chr(value)
            case kinds.IN | kinds.NOT_LITERAL | kinds.ANY:
                yield from _of_class(kind, value)
            case _:
                for part in _inner(kind, value):
                    yield from _signs(part)


def _of_class(kind, value) -> list[str]:
    if kind is kinds.ANY:
        return ["a", " "]
    if kind is kinds.NOT_LITERAL:
        return [sign for sign in "a1 " if ord(sign) != value]
    is_negated = value[0][0] is kinds.NEGATE
    candidates = [chr(one) for name, one in value if name is kinds.LITERAL]
    candidates += [chr(one[0]) for name, one in value if name is kinds.RANGE]
    candidates = [*'a1 A-_.\n"“(<{', *candidates] if is_negated else [*candidates, *"a1A _\n"]
    form = re.compile(_written(value))
    return [sign for sign in candidates if form.fullmatch(sign)][:4]


CATEGORIES = {
    kinds.CATEGORY_DIGIT: r"\d",
    kinds.CATEGORY_NOT_DIGIT: r"\D",
    kinds.CATEGORY_SPACE: r"\s",
    kinds.CATEGORY_NOT_SPACE: r"\S",
    kinds.CATEGORY_WORD: r"\w",
    kinds.CATEGORY_NOT_WORD: r"\W",
}


def _written(parts) -> str:
    text = ""
    for name, one in parts:
        match name:
            case kinds.NEGATE:
                text += "^"
            case kinds.LITERAL:
                text += re.escape(chr(one))
            case kinds.RANGE:
                text += f"{re.escape(chr(one[0]))}-{re.escape(chr(one[1]))}"
            case kinds.CATEGORY:
                text += CATEGORIES[one]
    return f"[{text}]"


def _sample(tree) -> str:
    """Return a short text that a pattern, or most of it, matches."""
    text = ""
    for kind, value in tree:
        match kind:
            case kinds.LITERAL:
                text += chr(value)
            case kinds.IN | kinds.NOT_LITERAL | kinds.ANY:
                text += next(iter(_of_class(kind, value)), "")
            case kinds.MAX_REPEAT | kinds.MIN_REPEAT | kinds.POSSESSIVE_REPEAT:
                text += _sample(value[2]) * min(max(value[0], 1), 50)
            case kinds.BRANCH:
                text += _sample(value[1][0])
            case kinds.SUBPATTERN | kinds.ATOMIC_GROUP:
                text += _sample(_inner(kind, value)[0])
    return text


# Times


class TooSlow(Exception):
    pass


@contextmanager
def processor_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow after this time of the processor. Patterns that would run for hours look for signals, too."""

    def stop(*_):
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _seconds(apply: Callable[[str], object], text: str) -> float:
    """Return the processor time of this thread: that of the process becomes inexact while a timer runs."""
    begun = thread_time()
    apply(text)
    return thread_time() - begun


def _application(pattern: re.Pattern, method: str) -> Callable[[str], object]:
    if method in {"search", "match", "fullmatch"}:
        return getattr(pattern, method)
    return lambda text: sum(1 for _ in pattern.finditer(text))


def slow_text(used: UsedPattern) -> str:
    """Return a description of a text for which the time of a pattern grows more than linearly, "" if none is."""
    pattern, methods = used.compiled, used.methods
    scanning = methods - {"search", "match", "fullmatch"}
    ways = [_application(pattern, name) for name in sorted(methods - scanning) + sorted(scanning)[:1]]
    for head, unit, tail in attacks(pattern):
        for apply in ways:
            if growth := _growth(apply, head, unit, tail, used):
                return f"{growth}: {head!r} + {unit!r} * n + {tail!r}"
    return ""


def _growth(apply: Callable[[str], object], head: str, unit: str, tail: str, used: UsedPattern) -> str:
    """Return "" if the time is in proportion to the length. Most texts are so fast that one look is enough."""
    texts = [head + unit * (used.characters // share // len(unit)) + tail for share in (4, 2, 1)]
    try:
        with processor_limit(LIMIT_SECONDS):
            whole = _seconds(apply, texts[-1])
            if whole < used.fast_seconds or whole < LINEAR * _seconds(apply, texts[0]):
                return ""
            quarter, half, whole = (min(_seconds(apply, text) for _ in range(3)) for text in texts)
    except TooSlow:
        return f"more than {LIMIT_SECONDS} s"
    is_linear = whole < used.fast_seconds or whole < GROWTH * quarter
    return "" if is_linear else f"{quarter * 1000:.2f}, {half * 1000:.2f}, {whole * 1000:.2f} ms"
