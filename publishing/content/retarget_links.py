"""Replace mentions of one record by mentions of another."""

from django.apps import apps
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from publishing.richtext.document import in_texts, mention, parse, serialize
from publishing.richtext.field import blocks_fields, rich_text_fields, tables_with_rich_text
from publishing.richtext.table_element import ATTRIBUTE, in_tree
from publishing.richtext.table_element import retargeted as retargeted_comparison


def texts_naming(record: Model, lock: bool = False) -> dict[type, list]:
    """Return the rows whose rich texts mention `record`, by table, drafts and trash included. A query per table."""
    rows_by_table = {}
    for table in tables_with_rich_text():
        names = rich_text_fields(table)
        place = f":{record._meta.label_lower}/{record.pk}"
        holds = Q(*((f"{name}__contains", place) for name in names), _connector=Q.OR)
        rows = table._base_manager.filter(holds).order_by("pk")
        rows = rows.select_for_update(of=("self",)) if lock else rows
        if rows := [row for row in rows if any(_names(getattr(row, name), record) for name in names)]:
            rows_by_table[table] = rows
    return rows_by_table


def retarget_texts(record: Model, to: Model) -> int:
    """Replace mentions of `record` by `to`, of the same kind; return the number of changed rows. In a transaction."""
    count = 0
    for table, rows in texts_naming(record, lock=True).items():
        for row in rows:
            values = {name: getattr(row, name) for name in [*rich_text_fields(table), *blocks_fields(table)]}
            after = {
                name: in_texts(value, lambda text: _retargeted(text, record, to)) for name, value in values.items()
            }
            changed = {name: value for name, value in after.items() if value != values[name]}
            count += table._default_manager.filter(pk=row.pk).update(**changed)
    _retarget_drafts(record, to)
    return count


def _retarget_drafts(record, to):
    """Do the same in unpublished drafts; older versions stay as they were."""
    revisions = apps.get_model("publishing.Revision").objects.filter(applied_at=None)
    place = f":{record._meta.label_lower}/{record.pk}"
    drafts = revisions.annotate(text=Cast("content", TextField())).filter(text__contains=place)
    for revision in drafts.select_for_update(of=("self",)).order_by("pk"):
        fields = revision.content["fields"]
        model = revision.record_type.model_class()
        for field in {*rich_text_fields(model), *blocks_fields(model)} & fields.keys():
            fields[field] = in_texts(fields[field], lambda text: _retargeted(text, record, to))
        revision.save(update_fields=["content"])


def _retargeted(text, record, to):
    return retargeted(text, record, to) if _names(text, record) else text


def retargeted(html: str, record: Model, to: Model) -> str:
    """Return a cleaned body with the links to `record` changed to `to`."""
    tree = parse(html)
    for element, name in _places(tree, record):
        scheme, _, rest = element.get(name).partition(":")
        _, _, rest = rest.partition("/")
        _, slash, fact = rest.partition("/")
        element.set(name, f"{scheme}:{to._meta.label_lower}/{to.pk}{slash}{fact}")
    for table, text in in_tree(tree):
        table.set(ATTRIBUTE, retargeted_comparison(text, record._meta.label_lower, record.pk, to.pk))
    return serialize(tree)


def _names(html: str, record) -> bool:
    return f":{record._meta.label_lower}/{record.pk}" in (html or "") and bool(_places(parse(html), record))


def _places(tree, record) -> list[tuple]:
    """Return the elements that refer to `record`, each with the attribute that does."""
    places = []
    for element in tree.iter("a", "img"):
        name = "href" if element.tag == "a" else "src"
        mentioned = mention(element.get(name))
        if mentioned and (mentioned.label, mentioned.pk) == (record._meta.label_lower, record.pk):
            places.append((element, name))
    return places
