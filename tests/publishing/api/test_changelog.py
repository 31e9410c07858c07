from copy import deepcopy
from datetime import date

import feedparser
import pytest
from django.conf import settings

from publishing.api import changelog
from publishing.api.changelog import CHANGES, ApiChange, Deprecated, mark_deprecated
from publishing.api.docs import openapi_document
from tests.catalog import factories

pytestmark = pytest.mark.django_db
FIELD = Deprecated("api-models-detail", date(2027, 9, 1), field="notice")
PARAMETER = Deprecated("api-models-list", date(2027, 8, 1), parameter="openness")
ENDPOINT = Deprecated("api-modalities-list", date(2027, 7, 1))


@pytest.fixture
def announced(monkeypatch):
    change = ApiChange("old", date(2026, 12, 1), "Old parts", "They go.", (FIELD, PARAMETER, ENDPOINT))
    monkeypatch.setattr(changelog, "CHANGES", [change, *CHANGES])
    return change


def test_answers_say_what_is_to_go_and_until_when(announced, client):
    response = client.get("/api/v1/models/")
    assert response.headers["Deprecation"] == "@1796083200"
    assert response.headers["Sunset"] == "Sun, 01 Aug 2027 00:00:00 GMT"
    assert response.headers["Link"] == f'<{settings.SITE_URL}/api/changelog/#old>; rel="deprecation"; type="text/html"'
    assert client.get("/api/v1/modalities/").headers["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
    # An error response has the header too.
    assert client.get("/api/v1/models/none/").headers["Sunset"] == "Wed, 01 Sep 2027 00:00:00 GMT"


def test_nothing_else_is_said_to_go(announced, client):
    for path in ("/api/v1/", "/api/v1/vendors/", "/api/v1/nowhere/"):
        assert not {"Deprecation", "Sunset"} & client.get(path).headers.keys()


def test_the_link_to_the_next_page_stays(announced, client):
    for _ in range(2):
        factories.modality()
    link = client.get("/api/v1/modalities/?limit=1").headers["Link"]
    assert 'rel="next", <' in link
    assert 'rel="deprecation"' in link


def test_the_description_marks_what_is_to_go(announced):
    document = deepcopy(openapi_document())
    mark_deprecated(document)
    parameters = {
        parameter.get("name"): parameter for parameter in document["paths"]["/api/v1/models/"]["get"]["parameters"]
    }
    assert parameters["openness"]["deprecated"]
    assert "deprecated" not in parameters["show"]
    assert document["components"]["schemas"]["Model"]["properties"]["notice"]["deprecated"]
    assert document["paths"]["/api/v1/modalities/"]["get"]["deprecated"]
    assert "deprecated" not in document["paths"]["/api/v1/models/"]["get"]


def test_what_is_not_there_cannot_be_declared():
    wrong = ApiChange(
        "x", date(2026, 12, 1), "x", "x", (Deprecated("api-models-list", date(2028, 1, 1), field="nothing"),)
    )
    with pytest.raises(KeyError):
        mark_deprecated(deepcopy(openapi_document()), [wrong])


def test_what_is_declared_today_really_is_there():
    mark_deprecated(deepcopy(openapi_document()))


def test_notice_is_of_180_days():
    ApiChange("x", date(2026, 1, 1), "x", "x", (Deprecated("api-root", date(2026, 6, 30)),))
    with pytest.raises(ValueError, match="180 days"):
        ApiChange("x", date(2026, 1, 1), "x", "x", (Deprecated("api-root", date(2026, 6, 29)),))


def test_entries_have_names_of_their_own_and_stand_in_order():
    assert len({change.key for change in CHANGES}) == len(CHANGES)
    assert [change.on for change in CHANGES] == sorted((change.on for change in CHANGES), reverse=True)


def test_page_and_feed_have_every_change(announced, client):
    page = client.get("/api/changelog/").content.decode()
    feed = feedparser.parse(client.get("/api/changelog/feed.atom").content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == [announced.title, *(change.title for change in CHANGES)]
    for entry in feed.entries:
        address, _, anchor = entry.link.partition("#")
        assert address == f"{settings.SITE_URL}/api/changelog/"
        assert f'id="{anchor}"' in page
    assert "1 September 2027" in page


def test_the_page_names_its_feeds(client):
    assert 'type="application/atom+xml"' in client.get("/api/changelog/").content.decode()
    assert client.get("/api/v1/").json()["changelog"] == f"{settings.SITE_URL}/api/changelog/"
