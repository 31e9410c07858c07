"""Pages that ask before something is done. Their button sends all of it once more, with a mark that they were seen."""

from django.contrib.admin.options import IS_POPUP_VAR
from django.template.response import TemplateResponse

from publishing.admin_pages import admin_url

BUTTONS = ("_save", "_addanother", "_continue")
LEFT_OUT = {"csrfmiddlewaretoken", "_restore", *BUTTONS}


def confirmation(model_admin, request, template: str, title: str, *, mark="post", without=(), **context):
    """Return the page by `template`, which extends admin/confirmation.html and itself sends the fields in `without`."""
    opts, sent = model_admin.opts, request.POST or request.GET
    left_out = LEFT_OUT.union(without)
    pressed = next((name for name in BUTTONS if name in sent), "_go_on")
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "media": model_admin.media,
        "title": title,
        "is_popup": IS_POPUP_VAR in sent,
        "typed": [(name, value) for name, values in sent.lists() if name not in left_out for value in values],
        "mark": mark,
        "button": pressed,
        "act": sent.get(pressed, ""),
        "words": title,
        "list_url": admin_url(model_admin, "changelist"),
        "back_url": request.get_full_path(),
        **context,
    }
    return TemplateResponse(request, template, context)
