"""What staff may see and publish. The migration `0002_roles` creates their groups with the permissions."""


def may_view(user, model) -> bool:
    """Return whether `user` may see records of this kind in the admin, drafts included."""
    return user.is_active and user.is_staff and user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def may_publish(user, model) -> bool:
    """Return whether `user` may decide what readers see: may publish or, in kinds without that permission, change."""
    action = "publish" if "publish" in model._meta.default_permissions else "change"
    return user.is_active and user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
