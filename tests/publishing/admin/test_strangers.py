"""Every page of a record refuses people without permission before it says anything of the record. Stage: test."""

import pytest
from django.urls import reverse

from tests import factories
from tests.test_roles_everywhere import addresses

pytestmark = pytest.mark.django_db


def pages_of(model: type) -> list[str]:
    """Return the addresses of all pages of a record of `model` with the key 1, without those of Django."""
    of_record = [address for address in addresses() if address.model is model and address.arguments]
    keys = {"object_id": 1, "pk": 1, "comment": 1, "revision": 1}
    return [reverse(page.name, kwargs={name: keys[name] for name in page.arguments}) for page in of_record if page.view]


def test_a_stranger_is_refused_by_every_page_of_a_draft_whatever_is_sent(client):
    draft = factories.article(state="draft", owner=factories.user("Author"))
    stranger = factories.user("Author")
    client.force_login(stranger)
    paths = [path.replace("/1/", f"/{draft.pk}/", 1) for path in pages_of(type(draft))]
    assert len(paths) > 12
    for path in paths:
        for writer in ("", "1", str(stranger.pk)):
            statuses = {
                client.get(path, {"writer": writer}).status_code,
                client.post(path, {"writer": writer}).status_code,
            }
            assert statuses <= {403, 405}, path


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_new_text_is_not_saved_for_those_who_may_add_none(client, method):
    client.force_login(factories.user())
    response = getattr(client, method)(reverse("admin:articles_article_autosave_new"), {"writer": "1"})
    assert response.status_code == 403
