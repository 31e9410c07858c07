"""A process that runs each command in its own process, which may be killed: it forks, for speed.

A line of its input is a JSON list: a number, the name of a function in `duties`, its arguments by name. The results are
written to files with that number in the folder given to the program: `pid` at once, `done` with the return value, or
`failed` with the traceback.
"""

import json
import os
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path

import django


def do(folder: Path, number: int, function, arguments: dict):
    try:
        result = function(**arguments)
        words, ending = json.dumps(result), "done"
    except BaseException:
        words, ending = traceback.format_exc(), "failed"
    unfinished = folder / f"{number}.new"
    unfinished.write_text(words)
    unfinished.rename(folder / f"{number}.{ending}")


def main(folder: Path, is_healed: bool):
    django.setup()
    duties = import_module("tests.catalog.documents.sync.race.duties")  # it imports models, so it comes after the setup
    if not is_healed:
        duties.stamp_without_triggers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # finished processes are reaped at once
    for line in sys.stdin:
        number, name, arguments = json.loads(line)
        child = os.fork()
        if not child:
            do(folder, number, getattr(duties, name), arguments)
            os._exit(0)
        (folder / f"{number}.pid").write_text(str(child))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] == "healed")
