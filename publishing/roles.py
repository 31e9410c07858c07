"""The groups of people who work in the admin. Each app grants them its own permissions by a migration."""

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


def grant(apps, role: str, app_label: str, models: list[str], actions=("view", "add", "change", "delete")):
    """Give `role` permissions on `models` of an app, in a migration; what an editor or catalogue manager may, an
    administrator may too.

    Django makes its permissions only after all migrations, so those that are missing are made here, as it would.
    """
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    names = {role, ADMINISTRATOR} if role in {EDITOR, CATALOGUE_MANAGER} else {role}
    groups = [Group.objects.get_or_create(name=name)[0] for name in sorted(names)]
    for model in models:
        content_type, _ = ContentType.objects.get_or_create(app_label=app_label, model=model)
        name = apps.get_model(app_label, model)._meta.verbose_name
        for action in actions:
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {name}"[:255]}
            )
            for group in groups:
                group.permissions.add(permission)
