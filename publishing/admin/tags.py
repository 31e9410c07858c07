"""Tags are picked by name from those that exist, or added beside the field: no second spelling by accident."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from taggit.managers import TaggableManager


class TagChoiceMixin:
    """For a ModelAdmin: every TaggableManager is a field with search. The tag's own admin needs `search_fields`."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if not isinstance(db_field, TaggableManager):
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        relation = db_field.remote_field
        widget = AutocompleteSelectMultiple(db_field, self.admin_site)
        tag_admin = self.admin_site.get_model_admin(relation.model)
        return forms.ModelMultipleChoiceField(
            queryset=relation.model.objects.kept(),
            required=not db_field.blank,
            label=str(db_field.verbose_name).capitalize(),
            help_text=db_field.help_text,
            widget=RelatedFieldWidgetWrapper(
                widget, relation, self.admin_site, can_add_related=tag_admin.has_add_permission(request)
            ),
        )
