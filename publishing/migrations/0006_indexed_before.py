from django.db import migrations, models
from django.db.models import Q

TEXTS = (
    *("name", "tagline", "call_title", "call_text", "call_label", "email", "phone", "postal_address", "legal_name"),
    *("register", "register_number", "vat_number", "hosting", "data_protection", "footer_text", "enquiry_recipients"),
)


def mark_sites_in_use(apps, schema_editor):
    """A site whose people have entered a setting, or written a text, was indexed and is indexed further.

    A new site has none of that yet: its tables are empty, and the starter content is loaded afterwards. An installation
    that shows nothing but the starter content has none either.
    """
    texts = [~Q(**{name: ""}) for name in TEXTS]
    pictures = [Q(**{f"{name}__isnull": False}) for name in ("logo", "logo_dark", "share_image", "links")]
    sites = apps.get_model("publishing", "SiteSettings").objects.all()
    if not apps.get_model("publishing", "Revision").objects.exclude(author=None).exists():
        sites = sites.filter(pk__in=sites.filter(Q(*texts, *pictures, _connector=Q.OR)).values("pk"))
    sites.update(was_indexed=True)


class Migration(migrations.Migration):
    safe_because = "The previous version neither reads nor writes the column that it fills."
    dependencies = [("publishing", "0005_confirmed_texts")]

    operations = [
        migrations.AddField(
            "sitesettings",
            "was_indexed",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether the site was in use before texts were confirmed: search engines go on showing it.",
            ),
        ),
        migrations.RunPython(mark_sites_in_use, migrations.RunPython.noop),
    ]
