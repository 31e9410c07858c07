from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db


def test_docs_have_every_change(client):
    page = client.get("/api/").content.decode()
    written = Path(settings.BASE_DIR, "publishing/api/changelog.md").read_text("utf-8")
    titles = [line.removeprefix("### ") for line in written.splitlines() if line.startswith("### ")]
    assert len(titles) > 3
    for title in titles:
        assert f">{title}</h3>" in page
    assert client.get("/api/v1/").json()["changelog"] == f"{settings.SITE_URL}/api/#changes"
