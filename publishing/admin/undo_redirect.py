"""The undo of an address change: after saving, a message offers to restore the old address."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import resolve
from django.urls.exceptions import Resolver404

from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.content.redirect import Redirect


class UndoRedirectPanel(Panel):
    """For records with a page."""

    @admin_page("<path:object_id>/undo-move/", "undo_move", "POST", permission="publish")
    def undo_move_view(self, request, record):
        """Restore the previous address of a record, unless the record or that address was changed since."""
        old, new = (request.POST.get(name, "")[:500] for name in ("old", "new"))
        try:
            with transaction.atomic():
                self._undo_move(request, record, old, new)
        except ValidationError as error:
            reason = " ".join(error.messages)
            messages.error(request, f"The change of the address cannot be undone. {reason}")
        else:
            messages.success(request, f"The page stands at {old} again, and {new} leads there.")
        return HttpResponseRedirect(change_url(record))

    def _undo_move(self, request, record, old: str, new: str):
        row = type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)
        if row.get_absolute_url() != new:
            raise ValidationError(f"It has another address since: {row.get_absolute_url()}.")
        redirect = _redirects(old, row).first()
        if redirect is None:
            raise ValidationError(f"{old} no longer leads here.")
        try:
            slug = resolve(old).kwargs["slug"]
        except (Resolver404, KeyError):
            raise ValidationError(f"{old} is no address for it any more.") from None
        redirect.delete()
        self.admin.revert_slug_change(request, row, slug)
        if type(row)._base_manager.get(pk=row.pk).get_absolute_url() != old:
            raise ValidationError(f"{old} is no address for it any more.")


def move_of(record) -> dict | None:
    """Return the address change that this request made to `record`, for the message after saving; None without one."""
    old, new = getattr(record, "live_url", ""), record.get_absolute_url()
    if not old or old == new or not _redirects(old, record).exists():
        return None
    return {"old": old, "new": new}


def _redirects(path: str, record):
    return Redirect.objects.filter(
        path=path, target_type=ContentType.objects.get_for_model(record), target_id=record.pk
    )


def address_to_be(record, content: dict) -> str:
    """Return the address of `record` once `content` is published; "" if it stays the same or was never public."""
    fields = content["fields"]
    if record.first_published_at is None or not fields.get("slug"):
        return ""
    address = record.address_of(*(fields.get(name, getattr(record, name)) for name in record.address_fields))
    return "" if address == record.get_absolute_url() else address
