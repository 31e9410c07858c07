import tomllib
from pathlib import Path
from typing import Any


def toml_beside(module_file: str, name: str) -> dict[str, Any]:
    """Return the parsed TOML file in the folder of a module, which is given by its `__file__`."""
    return tomllib.loads((Path(module_file).parent / name).read_text("utf-8"))
