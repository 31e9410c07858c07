#!/bin/sh
# Makes .venv with exactly what requirements.txt names, which runs the site, or the file that is the argument; does nothing
# where that is already so. An environment with pytest is made from requirements-dev.txt, which names all of the former and
# what developers need: starting the site takes nothing from it.
#
# It looks for a Python by itself, since `python3` may be too old and a version manager's shim may answer with an error.
# uv does the work: the one on PATH, else one fetched into .tools/. Where uv cannot be had, venv and pip do.
# Nothing is installed outside this folder, and no interpreter is downloaded.
#
#   PYTHON          the interpreter to use, instead of the newest that fits
#   PYTHON_FOLDERS  where to look beside PATH, separated by colons

set -eu
CDPATH='' cd "$(dirname "$0")/.."

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

# Interpreters ----------------------------------------------------------------

# Ends well, and prints its own path, if the Python that runs it can run the site; further modules are its arguments.
probe='
import sys
import sqlite3, ssl, venv
fits = (3, 12) <= sys.version_info[:2] < (3, 15) and sqlite3.sqlite_version_info >= (3, 37)
for module in sys.argv[1:]:
    __import__(module)
print(sys.executable)
sys.exit(not fits)
'

folders() {
    printf '%s\n' "$PATH" | tr ':' '\n'
    if [ -n "${PYTHON_FOLDERS+set}" ]; then
        printf '%s\n' "$PYTHON_FOLDERS" | tr ':' '\n'
        return
    fi
    for folder in /usr/local/bin /usr/bin /opt/homebrew/bin /opt/*/bin /opt/python/*/bin "${HOME:-/nonexistent}"/.local/bin \
        "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/*/bin "${HOME:-/nonexistent}"/.asdf/installs/python/*/bin \
        "${HOME:-/nonexistent}"/.local/share/mise/installs/python/*/bin \
        "${HOME:-/nonexistent}"/.local/share/uv/python/*/bin /Library/Frameworks/Python.framework/Versions/*/bin; do
        printf '%s\n' "$folder"
    done
}

candidates() {
    for name in python3.14 python3.13 python3.12 python3 python; do
        folders | while IFS= read -r folder; do
            if [ -x "$folder/$name" ] && [ ! -d "$folder/$name" ]; then
                printf '%s\n' "$folder/$name"
            fi
        done
    done
}

# Prints the first interpreter that fits and has the modules named as arguments, or nothing.
find_python() {
    candidates | while IFS= read -r candidate; do
        if found=$("$candidate" -c "$probe" "$@" </dev/null 2>/dev/null); then
            printf '%s\n' "$found"
            break
        fi
    done
}

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        python=$("$PYTHON" -c "$probe" </dev/null 2>/dev/null) ||
            fail "PYTHON=$PYTHON is no working Python 3.12, 3.13 or 3.14 with SSL and SQLite 3.37 or newer."
        return
    fi
    # ensurepip first: some distributions take it out of the Python that they ship.
    python=$(find_python ensurepip)
    [ -n "$python" ] || python=$(find_python)
    [ -n "$python" ] ||
        fail "No working Python 3.12, 3.13 or 3.14 was found: install one, or name it as in PYTHON=/path/to/python make serve."
}

# Tools -----------------------------------------------------------------------

# Sets `pip_python` to an interpreter whose pip can install for `python`.
find_pip() {
    for pip_python in "$python" .tools/pip/bin/python; do
        if "$pip_python" -m pip --version >/dev/null 2>&1; then return; fi
    done
    if "$python" -m venv .tools/pip >/dev/null 2>&1; then return; fi
    for pip_python in python3 python; do
        if "$pip_python" -m pip --version >/dev/null 2>&1; then return; fi
    done
    return 1
}

# Sets `uv` to the one on PATH, or fetches the one that requirements-dev.txt names, by its hash, into .tools/.
find_uv() {
    for uv in "$(command -v uv || true)" .tools/uv/bin/uv; do
        if [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1; then return; fi
    done
    find_pip || return 1
    say "Fetching uv into .tools/."
    rm -rf .tools/uv
    awk '/^uv==/ { inside = 1 } inside { print } inside && !/\\$/ { exit }' requirements-dev.txt >.tools/uv.txt
    # --target is no installation in pip's eyes, so neither an "externally managed" Python nor these two settings object.
    PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_ROOT_USER_ACTION=ignore "$pip_python" -m pip install --quiet \
        --disable-pip-version-check --require-hashes --target .tools/uv --requirement .tools/uv.txt && "$uv" --version >/dev/null 2>&1
}

# Prints pip's setting $1, several values on one line: the environment's, else install's, else the global one.
pip_setting() {
    for section in :env: install global; do
        value=$(printf '%s\n' "$pip_settings" | sed -n "s/^$section\.$1=['\"]\(.*\)['\"]\$/\1/p" | sed 's/\\n/ /g; s/^ *//; s/ *$//')
        if [ -n "$value" ]; then
            printf '%s\n' "$value"
            return
        fi
    done
}

# uv does not read pip's configuration; a machine whose index is set there has no other. What is set for uv itself stands.
pass_pip_settings_to_uv() {
    find_pip || return 0
    pip_settings=$("$pip_python" -m pip config list 2>/dev/null) || return 0
    : "${UV_DEFAULT_INDEX:=${UV_INDEX_URL:-$(pip_setting index-url)}}"
    : "${UV_INDEX:=${UV_EXTRA_INDEX_URL:-$(pip_setting extra-index-url)}}"
    : "${UV_FIND_LINKS:=$(pip_setting find-links | sed 's/  */,/g')}"
    : "${UV_INSECURE_HOST:=$(pip_setting trusted-host)}"
    : "${SSL_CERT_FILE:=$(pip_setting cert)}"
    if [ -n "$(pip_setting no-index)" ]; then no_index=--no-index; fi
    for setting in UV_DEFAULT_INDEX UV_INDEX UV_FIND_LINKS UV_INSECURE_HOST SSL_CERT_FILE; do
        eval "if [ -n \"\${$setting:-}\" ]; then export $setting; fi"
    done
    # As pip does: any index may give a package. The hashes say which files are right.
    export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"
}

# The environment -------------------------------------------------------------

make_with_uv() {
    find_uv || return 1
    no_index=
    pass_pip_settings_to_uv
    rm -rf .venv
    UV_PYTHON_DOWNLOADS=never "$uv" venv --quiet --no-project --python "$python" .venv &&
        "$uv" pip sync --quiet ${no_index:+"$no_index"} --require-hashes --python .venv/bin/python "$requirements"
}

make_with_pip() {
    find_pip || return 1
    say "Making .venv with pip, which takes a little longer."
    rm -rf .venv
    "$python" -m venv --without-pip .venv &&
        PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 "$pip_python" -m pip --python .venv/bin/python install --quiet \
            --disable-pip-version-check --require-hashes --requirement "$requirements"
}

requirements=${1:-requirements.txt}
if [ -e .venv/bin/pytest ]; then requirements=requirements-dev.txt; fi
# The stamp is written last, so whatever was interrupted is made again. It names the folder, since scripts in .venv do.
wanted="$(cksum <"$requirements") $(pwd -P)"
is_complete() {
    [ "$(cat .venv/complete 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null
}

if is_complete; then exit 0; fi
for link in .venv .tools; do # to those of another checkout, which stay as they are
    if [ -L "$link" ]; then rm "$link"; fi
done
mkdir -p .tools
if command -v flock >/dev/null 2>&1; then
    exec 9>.tools/lock
    flock 9
    if is_complete; then exit 0; fi
fi
rm -f .venv/complete
choose_python
say "Making .venv with $python."
make_with_uv || make_with_pip ||
    fail "The packages in $requirements could not be installed into .venv with uv or pip for $python: see what they said above."
printf '%s\n' "$wanted" >.venv/complete
