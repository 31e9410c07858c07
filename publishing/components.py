"""Pieces of pages that say nothing but what they are given: each is made once for the same values."""

from datetime import date, datetime

from django.template.loader_tags import IncludeNode, do_include
from django.utils.safestring import SafeString

from publishing.memo import Memo

# Of which all that a template shows follows from what they equal.
PLAIN = frozenset({type(None), bool, int, str, SafeString, date, datetime})

_pieces = Memo(most=2_048)


class ComponentNode(IncludeNode):
    """Django's include, whose HTML is kept by the values that it is given."""

    def render(self, context):
        if context.template.engine.debug:  # a template may have changed
            return super().render(context)
        key = self._key(context)
        if key is None:
            return super().render(context)
        piece = _pieces.get(key)
        if piece is None:
            piece = super().render(context)
            _pieces.put(key, piece)
        return piece

    def _key(self, context) -> tuple | None:
        key = [self.template.var]
        for name, expression in self.extra_context.items():
            value = key_of(expression.resolve(context))
            if value is None:
                return None
            key += name, value
        return tuple(key)


def component(parser, token):
    """As `include … with … only`. Of a record only what its `shown_by` says may be shown; where it says nothing, the
    piece is made anew."""
    node = do_include(parser, token)
    return ComponentNode(node.template, extra_context=node.extra_context, isolated_context=True)


def key_of(value) -> tuple | None:
    """Return what tells `value` from all that would be shown otherwise; None for what nobody can tell."""
    kind = type(value)
    if kind in PLAIN:
        return kind, value
    if kind in {list, tuple}:
        keys = tuple(key_of(item) for item in value)
        return None if None in keys else (list, keys)
    if kind is dict:
        keys = tuple((name, key_of(item)) for name, item in value.items())
        return None if any(key is None for _, key in keys) else (dict, keys)
    if fields := getattr(kind, "__dataclass_fields__", None):
        keys = tuple(key_of(getattr(value, name)) for name in fields)
        return None if None in keys else (kind, keys)
    shown = getattr(value, "shown_by", None)
    return None if shown is None else (kind, shown)
