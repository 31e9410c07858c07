"""Fields of forms, and of the rows in them, as an editor needs them."""

from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.timezone import get_current_timezone_name


class FieldsMixin:
    """For a ModelAdmin or an inline: times say their zone, owners are colleagues, nothing is deleted beside a field."""

    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateTimeField) and field:
            field.help_text = f"{field.help_text} Time zone: {get_current_timezone_name()}.".lstrip()
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # There it would look as if it emptied the field; a record is deleted on its own page.
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "owner":
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
