import pytest

from publishing.site.models import SiteSettings
from tests.enquiries import sending


@pytest.fixture
def recipients(db):
    """The site has a mail server (a list in memory) and a recipient of enquiries."""
    SiteSettings(name="Halden", enquiry_recipients="team@example.org\nboss@example.org").save()
    return ["team@example.org", "boss@example.org"]


@pytest.fixture
def post(client):
    return lambda **changes: sending.post(client, **changes)
