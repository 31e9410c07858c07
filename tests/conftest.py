"""What all tests share."""

import os

import pytest
from django.core.management import call_command

from tests import factories


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    """Uploads of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Tests run without collected static files, whose names carry a hash."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing a password slowly, which protects accounts, would only make the tests slow."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def starter_content(db):
    call_command("load_starter", verbosity=0)


@pytest.fixture
def administrator(db):
    return factories.administrator()


@pytest.fixture
def admin_page(client, administrator):
    """A client signed in as an administrator."""
    client.force_login(administrator)
    return client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return failed_if_skipped((yield))


def failed_if_skipped(report):
    """Where nothing may be skipped (NO_SKIPS=1, on the build server), a skip is a failure."""
    if report.skipped and os.environ.get("NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, although NO_SKIPS is set: {report.longrepr}"
    return report
