"""For the admin of what is in the catalogue: who changed what, from which value to which, is written down."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation

from catalog.changes import RECORDS, look_at, take_note


class LoggedMixin:
    """Looks at the records of a page before and after it is saved, an action has run, or something is deleted."""

    logs_itself = frozenset()  # actions that take note of what they change

    def logged_records(self, obj) -> dict[type, set[int]]:
        """The records that saving `obj` may change, by their model."""
        return {type(obj): {obj.pk}}

    def save_model(self, request, obj, form, change):
        obj.looks = self._looks([obj, *self._stored(obj)])
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self._take_note(request, form.instance.looks, self._looks([form.instance]))

    def take_address_back(self, request, row, slug):
        before = self._looks([row])
        super().take_address_back(request, row, slug)
        self._take_note(request, before, {})

    def delete_model(self, request, obj):
        before = self._looks([obj])
        super().delete_model(request, obj)
        self._take_note(request, before, {})

    def response_action(self, request, queryset, action_location=ActionLocation.CHANGE_LIST):
        if self.logs_itself & {*request.POST.getlist("action")}:
            return super().response_action(request, queryset, action_location=action_location)
        chosen = queryset
        is_across = action_location == ActionLocation.CHANGE_LIST and "1" in request.POST.getlist("select_across")
        if not is_across:
            pks = [pk for pk in request.POST.getlist(ACTION_CHECKBOX_NAME) if pk.isdecimal()]
            chosen = queryset.filter(pk__in=pks)
        before = self._looks(list(chosen))
        response = super().response_action(request, queryset, action_location=action_location)
        self._take_note(request, before, {})
        return response

    def _stored(self, obj) -> list:
        return list(type(obj)._base_manager.filter(pk=obj.pk)) if obj.pk else []

    def _looks(self, objects) -> dict[type, dict]:
        pks = {}
        for obj in objects:
            for model, of_model in self.logged_records(obj).items():
                pks.setdefault(model, set()).update(of_model - {None})
        return {model: look_at(model, of_model) for model, of_model in pks.items()}

    def _take_note(self, request, before, after):
        """Compare with what is there now: of what was looked at before, and of what has come."""
        for model in RECORDS:
            pks = {*before.get(model, {}), *after.get(model, {})}
            if pks:
                take_note(model, before.get(model, {}), look_at(model, pks), user=request.user)
