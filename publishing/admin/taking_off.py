"""Before something is taken off the site: who would miss it."""

from dataclasses import dataclass

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse

from publishing.admin_pages import admin_url
from publishing.models import Act, Publishable
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


def question_about_form(model_admin, request, record, words: str) -> TemplateResponse | None:
    """What to ask before the form of `record` takes it off; None where nobody would miss it. It carries on all that was
    typed."""
    lines = used_lines(request.user, [record])
    if not lines:
        return None
    left_out = {"csrfmiddlewaretoken", "_continue", "_save", "_addanother", "_restore"}
    typed = [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]
    button = next((name for name in ("_continue", "_save", "_addanother") if name in request.POST), "_continue")
    act = request.POST.get(button, "")
    context = {"typed": typed, "act": act, "button": button, "acts_are_named": act in Act.values}
    return _page(model_admin, request, lines, words, context)


def question_about_action(model_admin, request, records, action: str, words: str) -> TemplateResponse | None:
    """The same before an action of the list."""
    lines = used_lines(request.user, records)
    if not lines:
        return None
    typed = [("action", action), *((ACTION_CHECKBOX_NAME, str(record.pk)) for record in records)]
    typed += [("seen", token) for token in request.POST.getlist("seen")]
    return _page(model_admin, request, lines, words, {"typed": typed, "back_url": request.get_full_path()})


def _page(model_admin, request, lines, words, context):
    opts = model_admin.opts
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{words}?",
        "words": words,
        "opts": opts,
        "lines": lines,
        "list_url": admin_url(model_admin, "changelist"),
        **context,
    }
    return TemplateResponse(request, TEMPLATE, context)
