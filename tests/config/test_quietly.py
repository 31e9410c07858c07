import subprocess

from tests.config.running import PROJECT


def quietly(script: str) -> subprocess.CompletedProcess:
    command = [PROJECT / ".ci" / "quietly", "sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_command_that_succeeds_says_nothing():
    done = quietly("echo checked; echo a warning >&2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_command_that_fails_says_all_and_keeps_its_exit_status():
    done = quietly("echo checked; echo an error >&2; exit 3")
    assert (done.returncode, done.stderr) == (3, "checked\nan error\n")
