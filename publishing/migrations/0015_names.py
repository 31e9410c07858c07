import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from publishing.naming.tokens import key_of
from publishing.roles import CATALOGUE_MANAGER, EDITOR, grant

# Makers and series whose names look like words of the language, and are none.
PROPER = (
    "Alibaba Anthropic Baidu Codestral Devstral Google Huawei Microsoft Midjourney Nemotron Nvidia Pixtral Qwen Tencent "
    "Xiaomi"
)
IGNORED = ["Anthropic principle"]


def add_rules(apps, schema_editor):
    NameRule = apps.get_model("publishing", "NameRule")
    rules = [("proper", words) for words in PROPER.split()] + [("ignore", words) for words in IGNORED]
    NameRule.objects.bulk_create(NameRule(words=words, key=key_of(words), rule=rule) for rule, words in rules)


def grant_roles(apps, schema_editor):
    for role in (EDITOR, CATALOGUE_MANAGER):
        grant(apps, role, "publishing", ["namerule"])


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("publishing", "0014_known_of_references"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NameIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("table", models.CharField(blank=True, max_length=100)),
                ("last_pk", models.PositiveBigIntegerField(default=0)),
                ("is_done", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="NameMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_id", models.PositiveBigIntegerField()),
                ("target_id", models.PositiveBigIntegerField(null=True)),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("linked", "linked"),
                            ("certain", "not linked"),
                            ("closed", "in a heading or a quotation"),
                            ("perhaps", "perhaps meant"),
                            ("unknown", "as a version that the catalogue does not have"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(max_length=200)),
                ("sentence", models.CharField(max_length=250)),
                (
                    "source_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                (
                    "target_type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["source_type", "source_id"], name="name_mention_by_source"),
                    models.Index(fields=["target_type", "target_id"], name="name_mention_by_target"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NameRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "words",
                    models.CharField(
                        help_text="Capital letters, spaces and hyphens make no difference.", max_length=200
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=200)),
                (
                    "rule",
                    models.CharField(
                        choices=[("ignore", "No name: ignore it"), ("proper", "Always a name, never an ordinary word")],
                        default="ignore",
                        max_length=10,
                    ),
                ),
                ("source_id", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule for a name",
                "verbose_name_plural": "rules for names in texts",
                "ordering": ["key", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("source_type", None)), fields=("key",), name="name_rule_everywhere"
                    ),
                    models.UniqueConstraint(fields=("source_type", "source_id", "key"), name="name_rule_of_source"),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="name_rule_has_letters"
                    ),
                ],
            },
        ),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
        migrations.RunPython(grant_roles, migrations.RunPython.noop),
    ]
