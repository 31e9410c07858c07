"""schemathesis sends requests to the served API that its OpenAPI document allows, and requests that it does not."""

import re
import subprocess
import sys

import pytest

from tests.config.running import PROJECT, Site, environment, manage

pytestmark = pytest.mark.fuzz

CONFIGURATION = PROJECT / "tests" / "config" / "schemathesis.toml"
EXAMPLES = "12"  # for each operation, beside its examples and the edges of its parameters; the seed is fixed
ISSUE = (
    "from publishing.models import Partner, PartnerKey; "
    "partner = Partner.objects.create(organisation='Fuzz', contact_email='fuzz@example.com'); "
    "print(PartnerKey.objects.create_key(partner=partner, name='fuzz')[1])"
)
USED = "from publishing.models import PartnerKey; print(PartnerKey.objects.exclude(last_used_at=None).exists())"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    data = tmp_path_factory.mktemp("fuzz") / "data"
    with Site(data, API_QUOTA_ADDRESS=0, API_QUOTA_KEY=0) as site:
        site.data = data
        yield site


@pytest.mark.parametrize("with_key", [False, True], ids=["without a key", "with a key"])
def test_all_checks_of_schemathesis_pass(with_key, site, tmp_path):
    headers = []
    if with_key:
        issued = manage("shell", "--verbosity", "0", "-c", ISSUE, DATA_DIR=site.data)
        assert issued.returncode == 0, issued.stderr
        headers = ["--header", f"Authorization: Bearer {issued.stdout.strip()}"]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION, "--no-color"),
            *("run", f"http://127.0.0.1:{site.port}/api/v1/openapi.json", *headers),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", EXAMPLES),
        ],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", run.stdout)
    assert cases, run.stdout[-2000:]
    assert int(cases[1]) > 500, "It asked too little to prove anything."
    assert "Traceback" not in site.said()
    if with_key:
        used = manage("shell", "--verbosity", "0", "-c", USED, DATA_DIR=site.data)
        assert used.stdout.strip() == "True", "The key was not sent."
