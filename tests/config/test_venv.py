"""config/venv.sh in a separate project, with interpreters, pip and uv that are small scripts: no network, no wait."""

import hashlib
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.config.running import PROJECT
from tests.upgrade.released import pins

SCRIPT = PROJECT / "config" / "venv.sh"
REAL_UV = Path(sys.executable).with_name("uv")
NEEDED_COMMANDS = ("awk", "cat", "chmod", "cksum", "dirname", "env", "flock", "ln", "mkdir", "rm", "sed", "sh", "tr")

# A shim of a version manager whose version is not installed, and a Python that is too old.
SHIM = "#!/bin/sh\necho 'shim: python3.13: command not found' >&2\nexit 127\n"
OLD = "#!/bin/sh\nexit 1\n"

# A working Python, with a pip that records its arguments and is configured by the file `pip-config`.
PYTHON = """#!/bin/sh
case "$*" in
    *"-m pip --version") exit 0 ;;
    *"-m pip config list") cat "{bin}/pip-config" 2>/dev/null; exit 0 ;;
    *"-m pip"*)
        echo "pip $*" >>"{bin}/calls"
        case "$*" in *--target*)
            [ ! -e "{bin}/no-uv" ] || exit 1
            mkdir -p .tools/uv/bin
            cat "{bin}/uv-to-fetch" >.tools/uv/bin/uv
            chmod +x .tools/uv/bin/uv ;;
        esac
        [ ! -e "{bin}/pip-fails" ]
        exit ;;
    -c*"sys.executable"*) echo "$0"; exit 0 ;;
esac
exec "{real}" "$@"
"""
UV = """#!/bin/sh
[ "$1" != --version ] || exit 0
echo "uv $*" >>"{bin}/calls"
env >"{bin}/environment"
case "$1" in
    venv) mkdir -p .venv/bin && ln -s "{real}" .venv/bin/python ;;
    pip) if [ -e "{bin}/interrupt" ]; then kill -9 $PPID; fi ;;
esac
"""


class Project:
    def __init__(self, folder: Path):
        self.folder, self.bin = folder, folder / "bin"
        (folder / "config").mkdir()
        self.bin.mkdir()
        shutil.copy(SCRIPT, folder / "config")
        (folder / "requirements.txt").write_text("django==6.1 \\\n    --hash=sha256:aa\n")
        (folder / "requirements-dev.txt").write_text(
            "django==6.1 \\\n    --hash=sha256:aa\n"
            "uv==0.13 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n    # via vitrine\n"
        )
        for name in NEEDED_COMMANDS:
            if path := shutil.which(name):
                (self.bin / name).symlink_to(path)

    def add(self, path: str, text: str):
        """Write a program into the folder `bin` or below it."""
        program = self.bin / path
        program.parent.mkdir(exist_ok=True)
        program.write_text(text.replace("{bin}", str(self.bin)).replace("{real}", sys.executable))
        program.chmod(0o755)
        return program

    def run(self, path: str = "", *arguments: str, **variables) -> subprocess.CompletedProcess:
        """Run the script with these arguments, and the folders `path` of `bin`, and `bin` itself, as PATH."""
        folders = [str(self.bin / name) for name in path.split()] + [str(self.bin)]
        variables = {"PATH": ":".join(folders), "PYTHON_FOLDERS": "", "HOME": str(self.folder), **variables}
        command = ["sh", "config/venv.sh", *arguments]
        return subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True)

    def calls(self) -> list[str]:
        path = self.bin / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_a_working_python_is_found_behind_a_broken_shim_and_an_old_one(project):
    project.add("shims/python3.13", SHIM)
    project.add("shims/python3", OLD)
    python = project.add("newer/python3.12", PYTHON)
    project.add("uv", UV)
    run = project.run("shims newer")
    assert run.returncode == 0, run.stderr
    assert f"uv venv --quiet --no-project --python {python} .venv" in project.calls()


def test_a_working_python_is_found_outside_path(project):
    python = project.add("elsewhere/python3.13", PYTHON)
    project.add("python3.13", SHIM)
    project.add("uv", UV)
    run = project.run(PYTHON_FOLDERS=str(python.parent))
    assert run.returncode == 0, run.stderr
    assert str(python) in project.calls()[0]


def test_the_probe_refuses_a_python_that_is_too_old_and_takes_the_one_that_runs_this():
    probe = SCRIPT.read_text().split("probe='")[1].split("'\n")[0]
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode == 0
    too_old = probe.replace("sys.version_info[:2]", "(3, 11)")
    assert subprocess.run([sys.executable, "-c", too_old], capture_output=True).returncode == 1


def test_no_python_at_all_is_said_in_one_sentence(project):
    project.add("python3.13", SHIM)
    run = project.run()
    assert run.returncode == 1
    assert run.stderr.startswith("No working Python 3.12, 3.13 or 3.14 was found")
    assert len(run.stderr.splitlines()) == 1


def test_a_named_python_that_does_not_work_is_said_in_one_sentence(project):
    run = project.run(PYTHON=str(project.add("python3.13", SHIM)))
    assert run.returncode == 1
    assert "is no working Python" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_an_environment_for_developers_stays_one(project):
    project.add("python3.13", PYTHON)
    project.add("uv", UV)
    project.run()
    assert project.calls()[-1].endswith(" requirements.txt")
    project.run("", "requirements-dev.txt")
    assert project.calls()[-1].endswith(" requirements-dev.txt")
    (project.folder / ".venv/bin/pytest").touch()
    calls = project.calls()
    assert project.run().stderr == ""
    assert project.calls() == calls
    with (project.folder / "requirements-dev.txt").open("a") as requirements:
        requirements.write("redis==8.1\n")
    project.run()
    assert project.calls()[-1].endswith(" requirements-dev.txt")


def test_what_developers_install_is_what_the_site_needs_and_more():
    """Of each package both files name the same version and hashes."""
    running, developing = (
        set(re.split(r"\n(?=\S)", "\n".join(pins(PROJECT / name))))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert running < developing
    assert not any(line.startswith(("pytest", "ruff", "playwright")) for line in running)


def test_a_second_run_does_nothing_until_the_requirements_change(project):
    project.add("python3.13", PYTHON)
    project.add("uv", UV)
    project.run()
    calls = project.calls()
    assert project.run().stderr == ""
    assert project.calls() == calls
    with (project.folder / "requirements.txt").open("a") as requirements:
        requirements.write("redis==8.1\n")
    project.run()
    assert len(project.calls()) == 2 * len(calls)


def test_the_environment_of_another_checkout_is_left_alone(project, tmp_path):
    project.add("python3.13", PYTHON)
    project.add("uv", UV)
    other = tmp_path / "other checkout"
    other.mkdir()
    (other / "complete").write_text("its own stamp")
    (project.folder / ".venv").symlink_to(other)
    assert project.run().returncode == 0
    assert [path.name for path in other.iterdir()] == ["complete"]
    assert (other / "complete").read_text() == "its own stamp"
    assert not (project.folder / ".venv").is_symlink()


def test_an_interrupted_run_can_be_repeated(project):
    project.add("python3.13", PYTHON)
    project.add("uv", UV)
    (project.bin / "interrupt").touch()
    assert project.run().returncode == -signal.SIGKILL
    assert (project.folder / ".venv").exists()
    (project.bin / "interrupt").unlink()
    assert project.run().returncode == 0
    assert [call.split()[1] for call in project.calls()] == ["venv", "pip", "venv", "pip"]


def test_pips_own_settings_reach_uv(project):
    project.add("python3.13", PYTHON)
    project.add("uv", UV)
    (project.bin / "pip-config").write_text(
        "global.index-url='https://global.example/simple'\n"
        ":env:.index-url='https://packages.example/simple'\n"
        "install.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'\n"
        "global.find-links='/first /second'\n"
        "global.cert='/some/authority.pem'\n"
    )
    assert project.run().returncode == 0
    environment = (project.bin / "environment").read_text().splitlines()
    assert "UV_DEFAULT_INDEX=https://packages.example/simple" in environment
    assert "UV_INDEX=https://one.example/simple https://two.example/simple" in environment
    assert "UV_FIND_LINKS=/first,/second" in environment
    assert "SSL_CERT_FILE=/some/authority.pem" in environment
    assert "UV_PYTHON_DOWNLOADS=never" not in environment  # a setting of `uv venv` alone
    assert not [line for line in environment if line.startswith("UV_INSECURE_HOST")]


def test_what_is_set_for_uv_itself_stands(project):
    project.add("python3.13", PYTHON)
    project.add("uv", UV)
    (project.bin / "pip-config").write_text("global.index-url='https://packages.example/simple'\n")
    project.run(UV_DEFAULT_INDEX="https://mine.example/simple")
    assert "UV_DEFAULT_INDEX=https://mine.example/simple" in (project.bin / "environment").read_text()


def test_uv_is_fetched_by_its_hash_into_the_project_where_there_is_none(project):
    project.add("python3.13", PYTHON)
    project.add("uv-to-fetch", UV)
    project.add("uv", SHIM)
    run = project.run()
    assert run.returncode == 0, run.stderr
    assert "--require-hashes --target .tools/uv" in project.calls()[0]
    wanted = (project.folder / ".tools" / "uv.txt").read_text()
    assert wanted == "uv==0.13 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


def test_pip_does_the_work_where_uv_cannot_be_had(project):
    project.add("python3.13", PYTHON)
    (project.bin / "no-uv").touch()
    run = project.run()
    assert run.returncode == 0, run.stderr
    assert "-m pip --python .venv/bin/python install" in project.calls()[-1]
    assert "--require-hashes --requirement requirements.txt" in project.calls()[-1]
    assert (project.folder / ".venv" / "complete").exists()


@pytest.fixture
def local_wheel(tmp_path):
    """Return a wheel in a folder, and its hash."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / "tiny_thing-1.0-py3-none-any.whl"
    information = "tiny_thing-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny_thing.py", "")
        wheel.writestr(f"{information}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        wheel.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{information}/RECORD", "")
    return folder, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.skipif(not REAL_UV.exists(), reason="needs the uv that `make` installs into .venv")
@pytest.mark.parametrize("is_right", [True, False])
def test_the_real_uv_installs_what_has_the_right_hash_and_nothing_else(project, local_wheel, is_right):
    folder, right_hash = local_wheel
    wanted = right_hash if is_right else "0" * 64
    (project.folder / "requirements.txt").write_text(f"tiny-thing==1.0 \\\n    --hash=sha256:{wanted}\n")
    (project.bin / "pip-config").write_text(f":env:.find-links='{folder}'\n:env:.no-index='1'\n")
    project.add("python3.13", PYTHON)
    (project.bin / "pip-fails").touch()  # pip is used if uv fails
    (project.bin / "uv").symlink_to(REAL_UV)
    run = project.run(UV_CACHE_DIR=str(project.folder / "cache"))
    installed = list((project.folder / ".venv").glob("lib/python3*/site-packages/tiny_thing.py"))
    assert (run.returncode == 0, bool(installed)) == (is_right, is_right), run.stderr
    assert (project.folder / ".venv" / "complete").exists() == is_right
