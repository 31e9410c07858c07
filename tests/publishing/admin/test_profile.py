"""What people choose for themselves."""

from datetime import UTC, datetime

import pytest

from publishing.accounts.preferences import Preferences
from tests import factories
from tests.publishing.content.test_permissions import change_url, form_of

pytestmark = pytest.mark.django_db
PROFILE = "/admin/profile/"


def test_times_are_shown_and_entered_in_ones_own_time_zone(client):
    editor = factories.user("Editor")
    client.force_login(editor)
    page = client.post(PROFILE, {"time_zone": "Europe/Zurich"}, follow=True)
    assert "Your preferences are saved." in page.text
    assert "All times are in the time zone Europe/Zurich." in page.text
    article = factories.article(state="draft")
    assert "Time zone: Europe/Zurich" in client.get(change_url(article)).text
    winter = datetime.now(UTC).year + 1  # in summer Zurich is two hours ahead
    moment = {"publish_at_0": f"{winter}-12-03", "publish_at_1": "09:00"}
    client.post(change_url(article), form_of(article, _continue="schedule", **moment))
    article.refresh_from_db()
    assert article.publish_at == datetime(winter, 12, 3, 8, tzinfo=UTC)
    client.force_login(factories.user("Editor", username="other"))
    assert "All times are in the time zone UTC." in client.get(PROFILE).text


def test_time_zone_must_exist(client):
    client.force_login(factories.user("Author"))
    assert "Select a valid choice" in client.post(PROFILE, {"time_zone": "Moon/Base"}).text
    assert not Preferences.objects.exists()
