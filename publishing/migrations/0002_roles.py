"""The groups of people who work in the admin, their permissions on the records of all apps, and the first rows."""

from django.db import migrations

VIEW, ADD, CHANGE = "view", "view add", "view change"
EDIT = "view add change"
ALL = "view add change delete"
PUBLISH = "view add change delete publish"

# Of each app, by model: the actions of authors, editors and catalogue managers.
PERMISSIONS = {
    "admin": {"logentry": ("", VIEW, "")},
    "articles": {
        "article casestudy page service": (EDIT, PUBLISH, VIEW),
        "articleauthor articletopic detail placedquestion readalso": (ALL, ALL, ""),
        "author topic": (VIEW, ALL, VIEW),
    },
    "catalog": {
        "aimodel alias benchmarkresult evidence family lifecycleevent modality offering price": (VIEW, ALL, ALL),
        "modelinputmodality modeloutputmodality modelvendor provider source vendor weights": (VIEW, ALL, ALL),
        "fieldchange heldrecord importrun": (VIEW, CHANGE, CHANGE),
    },
    "enquiries": {"enquiry": ("", CHANGE, "")},
    "faq": {
        "otherwording": (ALL, ALL, ""),
        "question": (EDIT, PUBLISH, VIEW),
        "questiontopic": (VIEW, ALL, VIEW),
        "vote": ("", "view delete", ""),
    },
    "publishing": {
        "claim dismissedgap": ("", CHANGE, ""),
        "partner partnerkey redirect sitelink": ("", ALL, ""),
        "image": (ADD, ALL, EDIT),
        "snippet": (VIEW, ALL, VIEW),
        "namerule": ("", ALL, ALL),
        "sitesettings": ("", EDIT, ""),
    },
}
# Administrators may do what editors and catalogue managers may, and manage accounts.
ACCOUNTS = {"user": EDIT, "group": VIEW}
# Vendors and series whose names look like ordinary words, and one phrase that is no name.
PROPER_NAMES = (
    "Alibaba Anthropic Baidu Codestral Devstral Google Huawei Microsoft Midjourney Mixtral Nemotron Nvidia Pixtral "
    "Tencent Xiaomi"
)
NO_NAME = {"words": "Anthropic principle", "key": "anthropicprinciple", "rule": "ignore"}


def create_groups(apps, schema_editor):
    """Create the groups. Django creates permissions after the last migration, so those of the groups are made here."""
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    names = ("Author", "Editor", "Catalogue manager", "Administrator")
    author, editor, manager, administrator = (Group.objects.get_or_create(name=name)[0] for name in names)

    def grant(app_label, model, actions, *groups):
        content_type, _ = ContentType.objects.get_or_create(app_label=app_label, model=model)
        name = apps.get_model(app_label, model)._meta.verbose_name
        for action in actions.split():
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {name}"}
            )
            for group in groups:
                group.permissions.add(permission)

    for app_label, rows in PERMISSIONS.items():
        for models, (of_authors, of_editors, of_managers) in rows.items():
            for model in models.split():
                grant(app_label, model, of_authors, author)
                grant(app_label, model, of_editors, editor, administrator)
                grant(app_label, model, of_managers, manager, administrator)
    for model, actions in ACCOUNTS.items():
        grant("auth", model, actions, administrator)


def create_rows(apps, schema_editor):
    """Create empty settings, so that every page reads them with one query, and rules of names; editors change both."""
    apps.get_model("publishing", "SiteSettings").objects.get_or_create(pk=1)
    NameRule = apps.get_model("publishing", "NameRule")
    rules = [NameRule(words=name, key=name.lower(), rule="proper") for name in PROPER_NAMES.split()]
    NameRule.objects.bulk_create([*rules, NameRule(**NO_NAME)], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("catalog", "0001_initial"),
        ("enquiries", "0001_initial"),
        ("faq", "0001_initial"),
        ("publishing", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(create_groups, migrations.RunPython.noop),
        migrations.RunPython(create_rows, migrations.RunPython.noop),
    ]
