"""Each dependency that pyproject.toml names has a line in CONTRIBUTING, and no other has one. Stage: test."""

import re
import tomllib

from tests.config.running import PROJECT


def test_each_dependency_has_its_line():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.match(r"[\w-]+", requirement)[0] for requirement in wanted]
    section = (PROJECT / "CONTRIBUTING.md").read_text().partition("## Dependencies\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([a-z][\w, -]*) \|", section, re.MULTILINE)
    described = [name for row in rows if row != "package" for name in row.split(", ")]
    assert sorted(described) == sorted(names)
