"""What staff may see and publish. The migration `0002_roles` creates their groups with the permissions."""

from typing import cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Model

type AnyUser = AbstractBaseUser | AnonymousUser  # as `request.user` is declared


def has_permission(user: AnyUser, action: str, model: type[Model]) -> bool:
    return cast(User, user).has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")


def may_view(user: AnyUser, model: type[Model]) -> bool:
    """Return whether `user` may see records of this kind in the admin, drafts included."""
    return user.is_active and cast(User, user).is_staff and has_permission(user, "view", model)


def may_publish(user: AnyUser, model: type[Model]) -> bool:
    """Return whether `user` may decide what readers see: may publish or, in kinds without that permission, change."""
    action = "publish" if "publish" in model._meta.default_permissions else "change"
    return user.is_active and has_permission(user, action, model)
