"""The rows with which a site starts: its settings, and rules of names. Editors change them."""

from django.db import migrations

# Vendors and series whose names look like ordinary words, and one phrase that is no name.
PROPER_NAMES = (
    "Alibaba Anthropic Baidu Codestral Devstral Google Huawei Microsoft Midjourney Mixtral Nemotron Nvidia Pixtral "
    "Tencent Xiaomi"
)
NO_NAME = {"words": "Anthropic principle", "key": "anthropicprinciple", "rule": "ignore"}


def create_rows(apps, schema_editor):
    # Empty settings, so that every page can read them with one query.
    apps.get_model("publishing", "SiteSettings").objects.get_or_create(pk=1)
    NameRule = apps.get_model("publishing", "NameRule")
    rules = [NameRule(words=name, key=name.lower(), rule="proper") for name in PROPER_NAMES.split()]
    NameRule.objects.bulk_create([*rules, NameRule(**NO_NAME)], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_roles")]

    operations = [migrations.RunPython(create_rows, migrations.RunPython.noop)]
