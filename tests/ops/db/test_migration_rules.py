import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from ops.db import migration_rules


@pytest.fixture(scope="module")
def state():
    return MigrationLoader(None, ignore_no_migrations=True).project_state()


@pytest.fixture
def record(tmp_path, monkeypatch):
    path = tmp_path / "released-migrations.txt"
    path.write_text(migration_rules.RECORD.read_text())
    return path


def add(field, model="article", name="extra"):
    return operations.AddField(model, name, field)


def create(**fields):
    return operations.CreateModel("Extra", [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def problems_of(state, *steps):
    state, new_models, sentences = state.clone(), set(), []
    for operation in steps:
        sentences += migration_rules.problems_of(operation, "articles", state, new_models)
        operation.state_forwards("articles", state)
    return sentences


SAFE = {
    "a nullable column": [add(models.IntegerField(null=True))],
    "a column with a default of the database": [add(models.CharField(max_length=9, db_default=""))],
    "a unique nullable column": [add(models.CharField(max_length=9, null=True, unique=True))],
    "a table": [create(title=models.CharField(max_length=9, unique=True))],
    "an index": [operations.AddIndex("article", models.Index(fields=["title"], name="article_title"))],
    "a longer column": [operations.AlterField("article", "title", models.CharField(max_length=2_000))],
    "a column that becomes nullable": [
        operations.AlterField("article", "title", models.CharField(max_length=2_000, null=True))
    ],
    "a table whose references the database follows": [
        create(of=models.ForeignKey("articles.Article", models.DB_CASCADE))
    ],
    "a table with references without a constraint": [
        create(of=models.ForeignKey("articles.Article", models.CASCADE, db_constraint=False)),
        add(models.ManyToManyField("articles.Article", db_constraint=False), "extra", "those"),
    ],
    "a required column, a constraint and a reference between new tables": [
        create(),
        add(models.IntegerField(default=0), "extra", "number"),
        operations.AddConstraint("extra", models.UniqueConstraint(fields=["number"], name="extra_number")),
        add(models.ForeignKey("Extra", models.CASCADE), "extra", "parent"),
        add(models.ManyToManyField("self"), "extra", "others"),
    ],
    "a reference to a new table": [create(), add(models.ForeignKey("Extra", models.CASCADE, null=True))],
    "a field that only the program forgets": [
        operations.SeparateDatabaseAndState([], [operations.RemoveField("article", "title")])
    ],
}
UNSAFE = {
    "a required column": ([add(models.IntegerField(default=0))], "null=True or a db_default"),
    "a unique column with a default": ([add(models.UUIDField(db_default="a", unique=True))], "inserted only once"),
    "a removed column": ([operations.RemoveField("article", "title")], "may break"),
    "a renamed column": ([operations.RenameField("article", "title", "heading")], "may break"),
    "a removed table": ([operations.DeleteModel("article")], "may break"),
    "a renamed table": ([operations.AlterModelTable("article", "text")], "may break"),
    "a constraint": (
        [operations.AddConstraint("article", models.CheckConstraint(condition=models.Q(title="A"), name="a"))],
        "may break",
    ),
    "a shorter column": ([operations.AlterField("article", "title", models.CharField(max_length=9))], "max_length"),
    "another type": ([operations.AlterField("article", "title", models.IntegerField())], "type"),
    "a column that must be unique": (
        [operations.AlterField("article", "title", models.CharField(max_length=2_000, unique=True))],
        "unique",
    ),
    "a column that must not be null": (
        [
            add(models.IntegerField(null=True)),
            operations.AlterField("article", "extra", models.IntegerField(db_default=0)),
        ],
        "null",
    ),
    "a default that the database forgets": (
        [
            add(models.DateTimeField(db_default=Now())),
            operations.AlterField("article", "extra", models.DateTimeField()),
        ],
        "db_default",
    ),
    "a column of another name": (
        [operations.AlterField("article", "title", models.CharField(max_length=2_000, db_column="heading"))],
        "db_column",
    ),
    "a reference of a new table to one that was there": (
        [create(of=models.ForeignKey("articles.Article", models.CASCADE))],
        "could not delete rows to which of refers",
    ),
    "many references of a table that was there": (
        [create(), add(models.ManyToManyField("Extra"), name="extras")],
        "could not delete rows to which extras refers",
    ),
    "a reference of a table that was there to itself": (
        [add(models.ForeignKey("self", models.SET_NULL, null=True))],
        "could not delete",
    ),
    "SQL": ([operations.RunSQL("SELECT 1")], "safe_because"),
    "SQL beside a change of state": (
        [operations.SeparateDatabaseAndState([operations.RunSQL("SELECT 1")])],
        "may break",
    ),
}


@pytest.mark.parametrize("steps", SAFE.values(), ids=SAFE)
def test_the_previous_version_can_serve_after(state, steps):
    assert problems_of(state, *steps) == []


@pytest.mark.parametrize(("steps", "problem"), UNSAFE.values(), ids=UNSAFE)
def test_the_previous_version_cannot_serve_after(state, steps, problem):
    (sentence,) = problems_of(state, *steps)
    assert sentence.startswith((steps[-1].describe(), "Raw SQL"))
    assert problem in sentence


def test_the_migrations_of_this_project_keep_the_rules():
    call_command("check_migrations")


def test_a_released_migration_that_was_edited_or_removed_is_reported(record):
    record.write_text(
        record.read_text().replace("62bc5c2b", "00000000") + f"{'0' * 64}  articles/migrations/0000_removed.py\n"
    )
    assert migration_rules.problems(record=record) == [
        f"articles/migrations/{name}.py was edited or removed, although it is released: add a migration instead."
        for name in ("0001_initial", "0000_removed")
    ]


def test_a_migration_that_is_not_released_is_inspected_unless_it_says_why_it_is_safe(record, monkeypatch):
    path = "publishing/migrations/0003_search_index.py"
    record.write_text("".join(line for line in record.open() if path not in line))
    (problem,) = migration_rules.problems(record=record)
    assert problem.startswith("publishing.0003_search_index: ")
    assert "say in `safe_because` why" in problem
    loader = MigrationLoader(None, ignore_no_migrations=True)
    loader.graph.nodes["publishing", "0003_search_index"].safe_because = "It adds what nobody reads."
    assert migration_rules.problems(loader, record=record) == []


def test_a_release_records_what_it_adds(record):
    path = "publishing/migrations/0003_search_index.py"
    migration_rules.add_to_record("0.2.1", record)  # those since the last release
    before = record.read_text()
    record.write_text("".join(line for line in record.open() if path not in line))
    assert migration_rules.add_to_record("0.3.0", record) == [path]
    assert record.read_text().splitlines()[-2] == "# 0.3.0"
    assert {*record.read_text().splitlines()} == {*before.splitlines(), "# 0.3.0"}


def test_the_command_fails_with_the_problems(monkeypatch, record):
    monkeypatch.setattr(migration_rules, "digests_of_files", dict)
    with pytest.raises(CommandError, match=r"articles/migrations/0001_initial\.py was edited or removed"):
        call_command("check_migrations")


def test_the_record_can_be_checked_by_sha256sum(record):
    digests = migration_rules.digests_of_files()
    lines = [line for line in record.read_text().splitlines() if not line.startswith("#")]
    assert set(lines) <= {f"{digest}  {path}" for path, digest in digests.items()}
    assert all((settings.BASE_DIR / path).is_file() for path in digests)
