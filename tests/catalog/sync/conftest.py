import pytest

from tests.catalog import factories
from tests.catalog.sync.mirror import Mirror


@pytest.fixture(autouse=True)
def export_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def mirror(db, client):
    """An up-to-date copy: later writes are news to it."""
    return Mirror(client).sync()


@pytest.fixture
def world(db):
    """A model with a row in every table, and its replacement."""
    newer = factories.whole_model(name="Newer")
    whole = factories.whole_model(name="Whole", replaced_by=newer, body="<p>Words.</p>")
    newer.offerings.get().prices.update(meter="output")
    whole.events.update(replaced_by=newer)
    factories.evidence(provider=whole.offerings.get().provider)
    type(whole.family).objects.filter(pk=whole.family_id).update(vendor=whole.vendors.get())
    return whole
