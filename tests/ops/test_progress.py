import json

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from ops import progress
from ops.progress import Progress, duration


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by a second each time it is read."""
    seconds = iter(range(10_000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(seconds))


def test_it_says_every_few_seconds_how_far_it_is_and_how_long_it_takes(clock):
    lines = []
    work = Progress(lines.append, "Importing", "entries")
    for done in range(500, 5_001, 500):
        work.reach(done, 5_000)
    assert lines == [
        "Importing: 1,500 of 5,000 entries, 30 %, about 7 s left.",
        "Importing: 3,000 of 5,000 entries, 60 %, about 4 s left.",
        "Importing: 4,500 of 5,000 entries, 90 %, about 1 s left.",
    ]


def test_at_the_end_it_says_what_follows(clock):
    lines = []
    work = Progress(lines.append, "Importing", "entries", "Composing documents.")
    work.reach(1_000, 1_000)
    assert lines == ["Importing: 1,000 entries. Composing documents."]


def test_work_of_unknown_size_gets_no_share(clock):
    lines = []
    work = Progress(lines.append, "Loading")
    for done in range(20):
        work.reach(done, 0)
    assert lines == []


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (3_600, "60 min")])
def test_durations_are_rough(seconds, words):
    assert duration(seconds) == words


@pytest.mark.django_db
def test_loaddata_says_how_far_it_is(clock, tmp_path, capsys):
    rows = [{"model": "auth.group", "fields": {"name": f"Group {number}"}} for number in range(10)]
    (tmp_path / "site.json").write_text(json.dumps(rows))
    call_command("loaddata", str(tmp_path / "site.json"))
    assert Group.objects.filter(name__startswith="Group ").count() == 10
    assert "Loading: 3 of 10 records, 30 %, about 7 s left." in capsys.readouterr().out
