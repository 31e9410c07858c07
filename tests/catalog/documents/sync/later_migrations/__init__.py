"""The migrations of the catalogue, and some that a later version might have: for tests of what the feed survives."""

from pathlib import Path

from catalog import migrations

__path__ = [*__path__, *migrations.__path__]

# Found by hand, since the names are needed while the graph is built: the catalogue's own last migration.
LAST = max(path.stem for path in Path(migrations.__file__).parent.glob("0*.py"))
