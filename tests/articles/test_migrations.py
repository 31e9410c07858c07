"""What becomes of texts from before, where a migration moves them."""

from importlib import import_module

import pytest
from django.apps import apps

from articles.models import Kind
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_page_at_an_address_that_is_now_the_sites_own_can_still_be_read(client):
    factories.article(slug="imprint-2")
    page = factories.article(kind=Kind.PAGE, slug="imprint", title="Who we are", body="<p>In the register.</p>")
    article = factories.article(slug="contact")
    import_module("articles.migrations.0006_addresses_of_the_site").move_pages(apps, None)
    for record in (page, article):
        record.refresh_from_db()
    assert (page.slug, article.slug) == ("imprint-3", "contact")
    assert "In the register." in client.get(page.get_absolute_url()).content.decode()
