"""The migrations of the catalogue, and some that a later version might have: for tests of what the feed bears."""

from pathlib import Path

from catalog import migrations

__path__ = [*__path__, *migrations.__path__]

# By hand, since the names are asked for while the graph is built: the last one of the catalogue itself.
LAST = max(path.stem for path in Path(migrations.__file__).parent.glob("0*.py"))
