import pytest
from django.db import connection

pytestmark = pytest.mark.database


def test_no_test_is_let_at_the_real_database(django_db_setup):
    """The test database is used even for a test without pytest-django's mark, also when it is run alone."""
    assert "test" in str(connection.settings_dict["NAME"])


@pytest.mark.django_db
def test_postgresql_does_not_compile_queries():
    if connection.vendor == "sqlite":
        assert "options" not in connection.settings_dict["OPTIONS"]  # which SQLite does not know
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
