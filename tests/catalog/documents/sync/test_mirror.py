"""The reference client against a server whose responses are correct, late, cut off or wrong."""

import ast
import sqlite3
import sys

import pytest

from tests.catalog.documents.sync.mirroring import MIRROR, FaultyServer, digest, mirror, problem, served


@pytest.fixture
def catalogue():
    catalogue = FaultyServer()
    for number in range(5):
        catalogue.write("model", f"m{number}", name=f"Model {number}")
    catalogue.write("vendor", "1", name="Maker")
    return catalogue


@pytest.fixture
def address(catalogue):
    with served(catalogue) as address:
        yield address


@pytest.fixture
def copy(tmp_path):
    return mirror.opened(tmp_path / "copy.sqlite3")


@pytest.fixture
def server(address):
    return mirror.Server(address)


@pytest.fixture
def command(tmp_path, address, monkeypatch, capsys):
    """Run the program with these arguments; return its exit code and output."""

    def call(*words):
        words = [*words, *([] if "--server" in words else ["--server", address])]
        monkeypatch.setattr("sys.argv", ["mirror.py", *words, "--file", str(tmp_path / "copy.sqlite3")])
        try:
            code = mirror.main()
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code or 0, said.out + said.err

    return call


def held(copy):
    return {(kind, key): digest(data) for kind, key, data in copy.execute("SELECT type, id, data FROM live")}


def test_copy_has_all_after_the_first_sync(catalogue, server, copy):
    assert mirror.sync(server, copy) == 6
    assert held(copy) == catalogue.live()
    assert len(catalogue.requests) == 3
    assert all(headers["Accept-Encoding"] == "gzip" for _, headers in catalogue.requests)


def test_what_goes_is_kept_with_its_reason_alone(catalogue, server, copy):
    mirror.sync(server, copy)
    catalogue.delete("model", "m1", "unpublished")
    catalogue.delete("model", "m2", "merged", "m3")
    assert mirror.sync(server, copy) == 2
    assert held(copy) == catalogue.live()
    gone = copy.execute("SELECT id, data, reason, merged_into FROM record WHERE data IS NULL ORDER BY id").fetchall()
    assert gone == [("m1", None, "unpublished", None), ("m2", None, "merged", "m3")]


def test_quiet_poll_is_one_304(catalogue, server, copy):
    mirror.sync(server, copy)
    mirror.sync(server, copy)
    catalogue.requests.clear()
    before = copy.execute("SELECT * FROM state").fetchall()
    assert mirror.sync(server, copy) == 0
    [(_, headers)] = catalogue.requests
    assert "If-None-Match" in headers
    assert copy.execute("SELECT * FROM state").fetchall() == before
    catalogue.write("model", "m1", name="Renamed")
    assert mirror.sync(server, copy) == 1
    assert held(copy) == catalogue.live()


def test_answer_cut_in_the_middle_is_asked_for_again_by_the_next_run(catalogue, command, copy):
    catalogue.faults = [None, "cut", "cut"]
    assert [command("sync")[0] for _ in range(3)] == [75, 75, 0]
    assert held(copy) == catalogue.live()


def test_page_is_kept_whole_or_not_at_all(catalogue, server, copy, monkeypatch):
    puts = []

    def put_one(db, item, put=mirror.put):
        puts.append(item)
        if len(puts) == 4:
            raise KeyboardInterrupt
        put(db, item)

    with monkeypatch.context() as patch:
        patch.setattr(mirror, "put", put_one)
        with pytest.raises(KeyboardInterrupt):
            mirror.sync(server, copy)
    assert len(held(copy)) == 2
    assert mirror.sync(server, copy) == 4
    assert held(copy) == catalogue.live()


@pytest.mark.parametrize("reason", ["epoch", "horizon", "key"])
def test_cursor_of_no_use_begins_again_and_leaves_nothing_stale(reason, catalogue, server, copy):
    mirror.sync(server, copy)
    catalogue.delete("model", "m0")
    catalogue.write("model", "m9", name="New")
    if reason == "epoch":
        catalogue.restore("two")
    elif reason == "horizon":
        del catalogue.entries["model", "m0"]
        catalogue.horizon = catalogue.head
    else:
        catalogue.key = "rotated"
    mirror.sync(server, copy)
    assert held(copy) == catalogue.live()


def test_old_data_stays_until_all_was_read_anew_also_when_that_is_interrupted(catalogue, server, copy):
    mirror.sync(server, copy)
    catalogue.restore("two")
    catalogue.faults = [None, None, (403, {}, {"type": "about:blank", "detail": "Not now."})]
    with pytest.raises(mirror.Failure, match=r"403: .*Not now\."):
        mirror.sync(server, copy)
    assert held(copy) == catalogue.live()
    catalogue.write("model", "m0", name="Of the second epoch")
    del catalogue.entries["model", "m3"]
    catalogue.requests.clear()
    mirror.sync(server, copy)
    assert held(copy) == catalogue.live()
    assert "cursor=" in catalogue.requests[0][0]


def test_server_that_refuses_every_cursor_is_not_asked_for_ever(catalogue, server, copy):
    catalogue.before_answer = lambda path: setattr(catalogue, "epoch", f"{catalogue.epoch}+")
    with pytest.raises(mirror.Failure, match="410"):
        mirror.sync(server, copy)


@pytest.mark.parametrize(("status", "words"), [(429, "Come back tomorrow."), (503, "Busy."), (500, "Wrong.")])
def test_server_that_cannot_answer_now_is_left_to_the_next_run(status, words, catalogue, command):
    catalogue.faults = [None, (status, {"Retry-After": 9}, {"type": "about:blank", "detail": words})]
    code, said = command("sync")
    assert code == 75
    assert f"answers {status}" in said
    assert words in said
    assert command("sync") == (0, "4 changes\n")


def test_unreachable_server_is_given_up_for_now(command):
    code, said = command("sync", "--server", "http://127.0.0.1:1")
    assert code == 75
    assert "refused" in said


def test_key_is_sent_and_its_end_said(catalogue, command, monkeypatch):
    monkeypatch.setenv("MIRROR_API_KEY", "abc.def")
    catalogue.faults = [problem(401, "key-expired", "The key has expired.")]
    code, said = command("sync")
    assert code == 3
    assert "401: " in said
    assert "The key has expired." in said
    assert "abc.def" not in said
    assert catalogue.requests[0][1]["Authorization"] == "Bearer abc.def"


def test_key_is_not_sent_in_the_clear(command, monkeypatch):
    monkeypatch.setenv("MIRROR_API_KEY", "abc.def")
    code, said = command("sync", "--server", "http://www.example.com")
    assert code == 2
    assert "only sent over https" in said


def test_redirect_is_not_followed_with_the_key(catalogue, command, monkeypatch):
    monkeypatch.setenv("MIRROR_API_KEY", "abc.def")
    elsewhere = FaultyServer()
    with served(elsewhere) as other:
        catalogue.faults = [(302, {"Location": other}, {})]
        code, said = command("sync")
    assert code == 3
    assert other in said
    assert elsewhere.requests == []


@pytest.mark.parametrize("change", [{"hash": "0" * 64}, {"data": {"n": 1.5}}, {"op": "rename"}, {"data": {"n": 2**53}}])
def test_item_that_is_not_as_documented_is_not_kept(change, catalogue, command):
    catalogue.entries["model", "m3"].update(change)
    code, said = command("sync")
    assert code == 3
    assert "not as documented" in said
    catalogue.write("model", "m3", name="Right again")
    assert command("sync")[0] == 0
    assert command("verify") == (0, "equal\n")


def spoil(copy):
    """Damage a copy: altered, missing and extra records, and a number that blocks updates."""
    with copy:
        copy.execute("""UPDATE record SET data = '{"name":"Altered"}' WHERE id = 'm0'""")
        copy.execute("DELETE FROM record WHERE id = 'm1'")
        copy.execute("UPDATE record SET id = 'm8', seq = 999 WHERE id = 'm2'")
        copy.execute("UPDATE record SET data = NULL, seq = 999 WHERE id = 'm3'")
        copy.execute("UPDATE record SET data = CAST(x'7bff7d' AS TEXT) WHERE id = 'm4'")  # is not UTF-8
        copy.execute("INSERT INTO record VALUES ('model', 'm9', 1, CAST(x'ff' AS TEXT), NULL, NULL, 1)")


def test_repair_reads_all_again_and_deletes_the_rest(catalogue, server, copy, command):
    mirror.sync(server, copy)
    assert mirror.verify(server, copy)
    spoil(copy)
    assert not mirror.verify(server, copy)
    assert command("repair") == (0, "6 changes\n")
    assert held(copy) == catalogue.live()
    assert mirror.verify(server, copy)
    catalogue.write("model", "m3", name="After the repair")
    mirror.sync(server, copy)
    assert held(copy) == catalogue.live()


def test_verify_waits_for_a_catalogue_that_changes_meanwhile(catalogue, server, copy):
    left = [3]

    def write_meanwhile(path):
        if "manifest" in path and left[0]:
            left[0] -= 1
            catalogue.write("model", "m4", name=f"Change {left}")

    catalogue.before_answer = write_meanwhile
    assert mirror.verify(server, copy)
    left[0] = 1000
    with pytest.raises(mirror.Failure):
        mirror.verify(server, copy)


def test_exit_codes_say_what_is_to_be_done(catalogue, command, tmp_path):
    assert command("sync") == (0, "6 changes\n")
    assert command("verify") == (0, "equal\n")
    with sqlite3.connect(tmp_path / "copy.sqlite3") as db:
        db.execute("DELETE FROM record WHERE id = 'm1'")
    assert command("verify") == (1, "different: repair reads all again\n")
    assert command("repair") == (0, "6 changes\n")
    assert command("verify") == (0, "equal\n")
    assert command("sync", "--server", "ftp://x")[0] == 2
    assert command("status")[0] == 2


def test_second_program_does_not_turn_back_the_cursor(catalogue, server, copy, tmp_path):
    def sync_meanwhile(path):
        if not catalogue.requests[1:]:
            mirror.sync(server, mirror.opened(tmp_path / "copy.sqlite3"))

    catalogue.before_answer = sync_meanwhile
    with pytest.raises(mirror.Failure, match="is using"):
        mirror.sync(server, copy)
    assert held(copy) == catalogue.live()
    before = catalogue.requests[:]
    assert mirror.sync(server, copy) == 0
    assert len(catalogue.requests) == len(before) + 1


def test_file_of_something_else_is_left_alone(command, tmp_path):
    (tmp_path / "copy.sqlite3").write_text("Notes of somebody. " * 100)
    code, _ = command("sync")
    assert code == 3
    assert (tmp_path / "copy.sqlite3").read_text() == "Notes of somebody. " * 100


def test_program_needs_no_more_than_python_3_9():
    tree = ast.parse(MIRROR.read_text(), feature_version=(3, 9))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or name.name for node in imports for name in node.names}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
