"""Before something is taken off the site: who would miss it."""

from dataclasses import dataclass

from publishing.admin.confirmation import confirmation
from publishing.models import Publishable
from publishing.where_used import Use, seen_by, where_used

MOST_LOOKED_AT = 50
TEMPLATE = "admin/publishing/taking_off.html"


@dataclass(frozen=True)
class Line:
    """A record of which something is to be done, with what uses it."""

    record: Publishable
    uses: list[Use]
    hidden: int  # how many records more use it that the asker may not see


def lines_about(user, records) -> list[Line]:
    return [Line(record, *seen_by(user, where_used(record))) for record in records]


def used_lines(user, records) -> list[Line]:
    """Of what readers see now, what other records use; of the first 50."""
    seen = [record for record in records[:MOST_LOOKED_AT] if record.is_public]
    return [line for line in lines_about(user, seen) if line.uses or line.hidden]


def asked_first(model_admin, request, records, words: str, **context):
    """Return the page that asks before readers miss `records`; None where nobody would, or where it was agreed to."""
    lines = [] if "post" in request.POST else used_lines(request.user, records)
    if not lines:
        return None
    return confirmation(model_admin, request, TEMPLATE, f"{words}?", words=words, lines=lines, **context)
