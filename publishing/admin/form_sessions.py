"""What is made from one opening of a form is made once: its button may be pressed twice, or its answer be lost."""

import re
import uuid
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from publishing.revisions.models import Revision

FORM_SESSION = re.compile(r"[\w-]{1,36}", re.ASCII)


def new_form_session() -> str:
    """For a form that is opened."""
    return uuid.uuid4().hex


def form_session_of(request) -> str:
    """Which opening of a form `request` comes from, "" if it does not say."""
    form_session = request.POST.get("form_session", "")
    return form_session if FORM_SESSION.fullmatch(form_session) else ""


def created_in(form_session: str, user, model):
    """The record of `model` that `user` made in `form_session`, None if there is none. Ask it under `one_at_a_time`."""
    if not form_session:
        return None
    written = Revision.objects.filter(
        author=user, sitting=form_session, record_type=ContentType.objects.get_for_model(model)
    )
    key = written.order_by("pk").values_list("record_id", flat=True).first()
    return model._base_manager.filter(pk=key).first()


@contextmanager
def one_at_a_time(user):
    """A transaction beside which no other of the same user's runs in here."""
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        yield
