"""For the control: the site with publications that are not one transaction. Only the test serves it."""

import time
from contextlib import nullcontext

from django.contrib.admin import ModelAdmin

from config.wsgi import application
from publishing.workflow import actions

PAUSE_SECONDS = 0.3  # long enough that some of the kills fall into it
write = actions.write


class NoTransaction:
    """A replacement for django.db.transaction, for one module."""

    @staticmethod
    def atomic():
        return nullcontext()


def write_and_wait(row, content):
    write(row, content)
    time.sleep(PAUSE_SECONDS)


def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
    return self._changeform_view(request, object_id, form_url, extra_context)


def unlocked(record):
    return type(record)._base_manager.get(pk=record.pk)


ModelAdmin.changeform_view = changeform_view
actions.transaction, actions.write, actions.locked = NoTransaction, write_and_wait, unlocked

__all__ = ["application"]
