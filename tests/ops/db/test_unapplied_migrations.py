import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ops.db.unapplied_migrations import unapplied_migrations

pytestmark = pytest.mark.django_db


def test_readiness_counts_migrations_that_are_not_applied(client):
    assert unapplied_migrations(connection) == set()
    assert client.get("/readyz").status_code == 200
    MigrationRecorder(connection).record_unapplied("publishing", "0001_initial")
    assert unapplied_migrations(connection) == {("publishing", "0001_initial")}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "1 migrations are not applied"
