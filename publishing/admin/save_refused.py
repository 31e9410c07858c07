"""Show a form again with its input and the reason if its record could not be saved."""

from copy import copy
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, InterfaceError
from django.forms import ModelForm
from django.forms.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from ops.http.errors import tried_later
from ops.http.outage import outage_of, read_only_transactions
from publishing.admin.admin_pages import PagesMixin
from publishing.quality.preflight.checking import PublicationBlocked


class RefusedForm(BaseForm):
    """A form that is shown again, with `not_saved` as an additional error."""

    not_saved = ""

    def clean(self) -> dict | None:
        cleaned = super().clean()
        self.add_error(None, self.not_saved)
        return cleaned


class RefusalMixin(PagesMixin):
    """Shows the form again, with its input and the reason, if saving fails after validation: pre-flight found errors in
    the text to publish, a unique value such as an address was taken meanwhile, or the database is read-only. Lists say
    that a lookup is wrong."""

    not_saved = ""  # the reason; set on the copy of the admin that shows the form again

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (DatabaseError, InterfaceError, OSError, ValidationError) as error:
            trouble = outage_of(error)
            is_wrong = isinstance(error, IntegrityError | ValidationError)
            if request.method != "POST" or not (is_wrong or (trouble and trouble.is_of_writing)):
                raise
            again = copy(self)
            again.panels = [type(panel)(again) for panel in self.panels]
            show = super(RefusalMixin, again).changeform_view
            if is_wrong or trouble is None:
                again.not_saved = _in_words(error)
                return show(request, object_id, form_url, extra_context)
            again.not_saved = f"{trouble.refusal} Your input is kept below. Try again in a few minutes."
            with read_only_transactions():
                response = show(request, object_id, form_url, extra_context)
                response.status_code = 503
                return tried_later(response.render() if isinstance(response, TemplateResponse) else response)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Like Django's; lookups that fail only in the query, such as `?name__regex=(`, are wrong ones too."""
        try:
            return super().get_changelist_instance(request)
        except (DatabaseError, LookupError, TypeError, ValueError) as error:
            if request.GET.keys() <= {ERROR_FLAG} or outage_of(error):
                raise
            raise IncorrectLookupParameters from error

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        attributes = {"not_saved": self.not_saved}
        form_class: Any = type(form)
        return form_class(form.__name__, (RefusedForm, form), attributes) if self.not_saved else form


def _in_words(error) -> str:
    if isinstance(error, PublicationBlocked):
        return f"Not published: {' '.join(error.messages)} See “Checks”."
    messages = error.messages if isinstance(error, ValidationError) else ["Another user saved at the same moment."]
    return f"Not saved. {' '.join(messages)} Check the form and press the button again."


def refusing(admin_class: type) -> type:
    """Return `admin_class` with the mixin placed before all its bases, those that open transactions included."""
    name, module = admin_class.__name__, admin_class.__module__
    return type(admin_class)(name, (RefusalMixin, admin_class), {"__module__": module, "__doc__": admin_class.__doc__})
