"""Make the creation of records idempotent per opened form, since a button may be pressed twice or a response be
lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest

from publishing.content.permissions import AnyUser
from publishing.revisions.models import Revision

FORM_SESSION = re.compile(r"[\w-]{1,36}", re.ASCII)


def form_session_of(request: HttpRequest) -> str:
    """Return the id of the form that `request` comes from, "" if it has none."""
    form_session = request.POST.get("form_session", "")
    return form_session if FORM_SESSION.fullmatch(form_session) else ""


def record_created_in(form_session: str, user: AnyUser, model: type[Model]) -> Model | None:
    """Return the record of `model` that `user` created in `form_session`, or None. Call within `user_lock`."""
    if not form_session:
        return None
    written = Revision.objects.filter(
        author=user, form_session=form_session, record_type=ContentType.objects.get_for_model(model)
    )
    key = written.order_by("pk").values_list("record_id", flat=True).first()
    return model._base_manager.filter(pk=key).first()


@contextmanager
def user_lock(user: AnyUser) -> Iterator[None]:
    """Open a transaction that holds a lock on the user, so that no other of the same user runs in parallel."""
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        yield
