"""Names in the code say the thing and its shape: few that say neither, per 1,000 lines of each package."""

import ast
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings

VAGUE = {
    *("asked", "found", "given", "it", "kept", "known", "made", "named", "of_day"),
    *("one", "own", "said", "says", "shown", "some", "told", "words"),
}
# Columns, keys of stored JSON and arguments of templates keep such a name, as do a few plain plurals.
MOST_PER_1000_LINES = {
    "articles": 5,
    "bench": 5,
    "catalog": 8,
    "config": 5,
    "enquiries": 5,
    "faq": 5,
    "ops": 5,
    "publishing": 5,
}


def bound_names(code: str) -> Iterator[str]:
    """Yield each name that is assigned or defined, once for each place."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name.removeprefix("_")


@pytest.mark.parametrize(("package", "most"), MOST_PER_1000_LINES.items())
def test_few_names_of_a_package_leave_open_what_they_hold(package, most):
    files = [path for path in (settings.BASE_DIR / package).rglob("*.py") if "migrations" not in path.parts]
    lines, vague = 0, Counter()
    for path in files:
        code = path.read_text()
        lines += code.count("\n")
        vague.update({path.relative_to(settings.BASE_DIR): sum(name in VAGUE for name in bound_names(code))})
    assert lines > 0
    assert vague.total() * 1000 / lines <= most, vague.most_common(10)


def test_names_are_counted_where_they_are_bound():
    code = """
class Known:
    def _found(self, said, *, shown=None):
        self.kept = [one for one in said]
        with open(said) as made:
            return made.named(words=shown)
"""
    assert sorted(set(bound_names(code)) & VAGUE) == ["found", "kept", "made", "one", "said", "shown"]
