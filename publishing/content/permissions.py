"""The groups of people who work in the admin. The migration `0002_roles` creates them with their permissions."""

AUTHOR = "Author"
EDITOR = "Editor"
CATALOGUE_MANAGER = "Catalogue manager"
ADMINISTRATOR = "Administrator"  # may whatever those two may, and looks after people


def may_view(user, model) -> bool:
    """Whether `user` may see records of that kind in the admin, drafts included."""
    return user.is_active and user.is_staff and user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def may_publish(user, model) -> bool:
    """Whether `user` decides what readers see of a kind: by the permission to publish; if it has none, to change."""
    action = "publish" if "publish" in model._meta.default_permissions else "change"
    return user.is_active and user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
