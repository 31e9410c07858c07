from django.db import migrations

# What the site itself has had at these addresses since it takes enquiries and has settings.
TAKEN = ["contact", "imprint", "partners"]


def move_pages(apps, schema_editor):
    """Give plain pages from before another address, since nobody could reach them at theirs any more."""
    Article = apps.get_model("articles", "Article")
    for page in Article.objects.filter(kind="page", slug__in=TAKEN):
        stem, number = page.slug, 2
        while Article.objects.filter(slug=f"{stem}-{number}").exists():
            number += 1
        Article.objects.filter(pk=page.pk).update(slug=f"{stem}-{number}")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_kinds_in_the_admin"),
    ]

    operations = [
        migrations.RunPython(move_pages, migrations.RunPython.noop),
    ]
