"""Keeps the comparison tables of texts up to date when their records are written."""

from publishing.comparisons.keeping import with_tables_of_today
from publishing.content.follow_up import Written, after_write, before_write
from publishing.richtext import rich_text_fields


@before_write.register
def update_tables(record) -> list[str]:
    """Let the tables of a record's texts say what is known today; return the names of the texts that changed.

    Those to be frozen are so from the moment that it is published.
    """
    changed = []
    for name in sorted(rich_text_fields(type(record)) & record.__dict__.keys()):
        text = getattr(record, name)
        today = with_tables_of_today(text, record.state == "published") if isinstance(text, str) else text
        if today is not text and today != text:
            setattr(record, name, today)
            changed.append(name)
    return changed


@after_write.register
def freeze_tables_of_published(written: Written):
    """Freeze also where only the state was written, without the texts."""
    if written.fields is None or "state" not in written.fields:
        return
    for record in written.records:
        if record.state == "published" and (changed := update_tables(record)):
            record.save(update_fields=changed)
