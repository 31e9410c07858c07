"""Forms of the admin whose record could not be saved since the database takes no changes: nothing typed is lost."""

from django.db import DatabaseError, InterfaceError

from publishing.admin_pages import PagesMixin
from publishing.errors import tried_later
from publishing.outage import reading_only, trouble_of


class RefusedForm:
    """For a form that is shown once more: whatever else it says of what was typed, it says this."""

    not_saved = ""

    def clean(self):
        cleaned = super().clean()
        self.add_error(None, self.not_saved)
        return cleaned


class RefusalMixin:
    """Shows the form again, with what was typed and the reason, where a save meets a database that only reads."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (DatabaseError, InterfaceError, OSError) as error:
            trouble = trouble_of(error)
            if request.method != "POST" or trouble is None or not trouble.is_of_writing:
                raise
            request.not_saved = f"{trouble.refusal} It stands below as you typed it. Try again in some minutes."
            with reading_only():
                response = super().changeform_view(request, object_id, form_url, extra_context)
                response.status_code = 503
                return tried_later(response.render() if hasattr(response, "render") else response)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        words = getattr(request, "not_saved", "")
        return type(form)(form.__name__, (RefusedForm, form), {"not_saved": words}) if words else form


def refusing(admin_class: type) -> type:
    """Return `admin_class` with the mixins around all that it does, transactions of its own mixins included."""
    name, module = admin_class.__name__, admin_class.__module__
    bases = (PagesMixin, RefusalMixin, admin_class)
    return type(admin_class)(name, bases, {"__module__": module, "__doc__": admin_class.__doc__})
