"""Views counted by the processes of a site that runs."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.config.running import Site, manage
from tests.readers import BROWSERS

pytestmark = pytest.mark.whole
SUMS = """
from django.db.models import Sum
from publishing.models import PageView
print(dict(PageView.objects.values_list("path").order_by().annotate(Sum("views"))))
"""


def test_two_processes_write_their_views_when_they_stop_and_none_is_lost(tmp_path):
    data_dir = tmp_path / "site"
    with Site(data_dir, WORKERS=2) as site, ThreadPoolExecutor(4) as readers:
        browsers = [*BROWSERS.values()] * 10
        answers = readers.map(lambda headers: site.get("/faq/", **headers).status, browsers)
        assert set(answers) == {200}
        assert site.get("/faq/", **{"User-Agent": "curl/8.5.0"}).status == 200
    said = manage("shell", "--no-imports", "--command", SUMS, DATA_DIR=data_dir)
    assert json.loads(said.stdout.replace("'", '"')) == {"/faq/": len(browsers)}
