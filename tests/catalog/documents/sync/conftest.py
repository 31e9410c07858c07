import pytest
from django.core.management import call_command

from tests.catalog import factories
from tests.catalog.documents.sync.later_migrations import LAST
from tests.catalog.documents.sync.mirror import Mirror


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


@pytest.fixture
def later(settings):
    """A function that migrates to one of the later migrations; the database is restored at the end."""
    settings.MIGRATION_MODULES = {"catalog": "tests.catalog.documents.sync.later_migrations"}
    yield lambda name: call_command("migrate", "catalog", name, verbosity=0)
    call_command("migrate", "catalog", LAST, verbosity=0)
