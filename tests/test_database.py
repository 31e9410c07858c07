import pytest
from django.db import connection

pytestmark = pytest.mark.database


def test_no_test_is_let_at_the_real_database(django_db_setup):
    """Although none of this file has pytest-django's mark; to be run alone, too."""
    assert "test" in str(connection.settings_dict["NAME"])
