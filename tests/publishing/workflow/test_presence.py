"""Who has a form open: the others are named, for as long as their forms say so."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from publishing.content.publishable import State
from publishing.workflow.presence import LASTS_SECONDS, others_at
from tests import factories

pytestmark = pytest.mark.django_db


def test_others_with_the_form_open_are_named_until_they_are_silent(client):
    ada, ben = factories.administrator(first_name="Ada"), factories.administrator(first_name="Ben")
    article, other = factories.article(state=State.DRAFT), factories.article()
    assert others_at(article, ada) == []
    client.force_login(ben)
    url = f"/admin/articles/article/{article.pk}/presence/"
    assert client.post(url).json()["names"] == ["Ada"]
    assert client.post(url).json()["names"] == ["Ada"], "a second heartbeat is no second person"
    assert others_at(article, ada) == [ben]
    assert others_at(other, ada) == []
    with time_machine.travel(timezone.now() + timedelta(seconds=LASTS_SECONDS + 1), tick=False):
        assert others_at(article, ada) == []
    client.force_login(factories.user("Author"))
    assert client.post(url).status_code == 403
