"""Migrations are only added, and the code of the previous version can serve on the database that they make.

Released migrations are recorded with their SHA-256. The operations of newer ones are inspected: only those that leave
tables usable for the previous version are accepted, and others need a sentence, `safe_because`, in the class of the
migration. It is for a person to judge, e.g. that a function writes rows that the previous version ignores.
"""

import hashlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import resolve_relation
from django.db.models.deletion import DatabaseOnDelete

RECORD = settings.BASE_DIR / "config" / "released-migrations.txt"  # in the format of sha256sum
HARMLESS = (
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
)
HINDRANCE = (
    "the previous version could not delete rows to which {} refers. Use db_constraint=False, or an on_delete of the"
    " database such as DB_CASCADE."
)

Key = tuple[str, str]  # app label and name, of a migration or of a model in lower case


def problems(loader: MigrationLoader | None = None, record: Path = RECORD) -> list[str]:
    """Return a sentence for each released migration that was edited, and each newer operation that is not safe."""
    digests = digests_of_files()
    released = _recorded(record)
    edited = [path for path, digest in released.items() if digests.get(path) != digest]
    loader = loader or MigrationLoader(None, ignore_no_migrations=True)
    newer = {key for key, path in _own_paths(loader).items() if path not in released}
    return [f"{path} was edited or removed, although it is released: add a migration instead." for path in edited] + [
        f"{label}.{name}: {problem}" for label, name, problem in _unsafe_operations(loader, newer)
    ]


def digests_of_files() -> dict[str, str]:
    """Return the SHA-256 of each migration of the project, by its path."""
    files = sorted(file for config in _own_apps() for file in Path(config.path, "migrations").glob("[0-9]*.py"))
    return {str(file.relative_to(settings.BASE_DIR)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def add_to_record(version: str, record: Path = RECORD) -> list[str]:
    """Record the migrations that are released with this version; return their paths."""
    released = _recorded(record)
    digests = {path: digest for path, digest in digests_of_files().items() if path not in released}
    with record.open("a") as file:
        file.write(f"# {version}\n" + "".join(f"{digest}  {path}\n" for path, digest in digests.items()))
    return list(digests)


def _recorded(record: Path) -> dict[str, str]:
    lines = [line.split() for line in record.read_text().splitlines() if not line.startswith("#")]
    return {path: digest for digest, path in lines}


def _own_apps():
    return [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]


def _own_paths(loader: MigrationLoader) -> dict[Key, str]:
    labels = {config.label for config in _own_apps()}
    return {
        key: str(Path(inspect.getfile(type(migration))).relative_to(settings.BASE_DIR))
        for key, migration in loader.disk_migrations.items()
        if key[0] in labels
    }


def _unsafe_operations(loader: MigrationLoader, newer: set[Key]) -> Iterator[tuple[str, str, str]]:
    """Yield app, migration and problem, in the order in which the migrations run."""
    state, new_models = ProjectState(), set[Key]()
    keys = dict.fromkeys(key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf))
    for label, name in keys:
        migration = loader.graph.nodes[label, name]
        for operation in migration.operations:
            if (label, name) in newer and not getattr(migration, "safe_because", ""):
                yield from ((label, name, problem) for problem in problems_of(operation, label, state, new_models))
            operation.state_forwards(label, state)


def problems_of(operation: Operation, label: str, state: ProjectState, new_models: set[Key]) -> Iterator[str]:
    """Yield why the previous version could not serve after this operation. Adds to `new_models` what it creates."""
    about = operation.describe()
    is_new = (label, getattr(operation, "model_name_lower", "")) in new_models
    match operation:
        case operations.CreateModel():
            new_models.add((label, operation.name_lower))
            for name, field in operation.fields:
                if _is_hindrance(field, (label, operation.name_lower), new_models):
                    yield f"{about}: {HINDRANCE.format(name)}"
        case operations.SeparateDatabaseAndState():
            state = state.clone()
            for part in operation.database_operations:
                yield from problems_of(part, label, state, new_models)
                part.state_forwards(label, state)
        case operations.AddField():
            if _is_hindrance(operation.field, (label, operation.model_name_lower), new_models):
                yield f"{about}: {HINDRANCE.format(operation.name)}"
            if not is_new:
                yield from _problems_of_column(operation.field, about)
        case operations.AlterField() if not is_new:
            old = state.models[label, operation.model_name_lower].fields[operation.name]
            yield from _problems_of_change(old, operation.field, about)
        case _ if not (is_new or isinstance(operation, HARMLESS)):
            yield f"{about}: the previous version may break. If it does not, say in `safe_because` why."


def _is_hindrance(field: Any, source: Key, new_models: set[Key]) -> bool:
    """Return whether the previous version, which does not know the field, could not delete rows to which it refers."""
    if field.many_to_one or field.one_to_one:
        has_constraint = field.db_constraint and not isinstance(field.remote_field.on_delete, DatabaseOnDelete)
        referenced = set[Key]()
    elif isinstance(field, models.ManyToManyField):
        has_constraint = field.remote_field.db_constraint and not field.remote_field.through
        referenced = {source}
    else:
        return False
    referenced.add(resolve_relation(field.remote_field.model, *source))
    return has_constraint and not referenced <= new_models


def _problems_of_column(field: models.Field, about: str) -> Iterator[str]:
    if field.many_to_many or field.generated:
        return
    if not field.null and not field.has_db_default():
        yield f"{about}: the previous version inserts rows without this column. Give it null=True or a db_default."
    if field.unique and field.has_db_default():
        yield f"{about}: a unique column needs null=True and no db_default, which could be inserted only once."


def _problems_of_change(old: models.Field, new: models.Field, about: str) -> Iterator[str]:
    """Accept what the columns do not show, and columns that take more than before."""
    (_, old_path, _, before), (_, new_path, _, after) = old.deconstruct(), new.deconstruct()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    changed -= {*new.non_db_attrs} - {"db_column"} | {"default", "on_delete"}
    if before.get("null") is None and after.get("null"):
        changed.discard("null")
    if "max_length" in before and (after.get("max_length") or float("inf")) > before["max_length"]:
        changed.discard("max_length")
    if "db_default" not in before:
        changed.discard("db_default")
    if old_path != new_path:
        changed.add("type")
    if changed:
        yield f"{about}: changes {', '.join(sorted(changed))}, with which the previous version may break."
