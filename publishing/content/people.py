"""Display names of staff, and which accounts and records they may manage."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet

from publishing.content.permissions import AnyUser, has_permission, may_publish
from publishing.content.publishable import Publishable, State


def name_of(person: User | None) -> str:
    """Return the display name of a user; “Unknown user” if the account was deleted."""
    return (person.get_full_name() or person.get_username()) if person else "Unknown user"


def is_own_draft(user: AnyUser, record: Publishable) -> bool:
    """Return whether `record` was never public and `user` is its owner. Kinds without owners belong to everyone."""
    is_draft = record.state in {State.DRAFT, State.IN_REVIEW} and record.first_published_at is None
    return is_draft and getattr(record, "owner_id", user.pk) == user.pk


def may_write(user: AnyUser, record: Publishable) -> bool:
    """Return whether `user` may change a stored record, and therefore see its history and comments."""
    kind = record.search_kind()
    may_change = user.is_active and has_permission(user, "change", kind)
    return may_change and (may_publish(user, kind) or is_own_draft(user, record))


def may_manage_account(user: User, person: User) -> bool:
    """Return whether `user` may change the account of `person`, which must not have permissions that `user` lacks."""
    if user.is_superuser:
        return True
    # Not `get_all_permissions()`, which is empty for inactive accounts.
    theirs = Permission.objects.filter(Q(user=person) | Q(group__user=person)).select_related("content_type")
    return not person.is_superuser and user.get_all_permissions() >= _names(theirs)


def grantable_roles(user: User) -> QuerySet[Group]:
    """Return the groups that grant no permission that `user` lacks, by name."""
    groups = Group.objects.order_by("name")
    if user.is_superuser:
        return groups
    mine = user.get_all_permissions()
    roles = groups.prefetch_related("permissions__content_type")
    return groups.filter(pk__in=[role.pk for role in roles if mine >= _names(role.permissions.all())])


def _names(permissions) -> set[str]:
    return {f"{each.content_type.app_label}.{each.codename}" for each in permissions}
