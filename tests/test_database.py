import pytest
from django.db import connection

pytestmark = pytest.mark.database


def test_no_test_is_let_at_the_real_database(django_db_setup):
    """Although this test has no mark of pytest-django; to be run alone, too."""
    assert "test" in str(connection.settings_dict["NAME"])


@pytest.mark.django_db
def test_postgresql_does_not_compile_queries():
    if connection.vendor == "sqlite":
        assert "options" not in connection.settings_dict["OPTIONS"]  # which SQLite would not know
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
