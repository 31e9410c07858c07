"""The index of names in texts: references by name, and values typed beside a name or link."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from itertools import chain
from operator import or_

from django.db.models import Q

from publishing.content.facts import citable, labels_of
from publishing.content.follow_up import SavedRecords, after_write, before_transaction
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference, content_type
from publishing.quality.claims.finding import TYPED
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.matcher import MatchKind
from publishing.quality.names.mentions import NameInText, names_in_html
from publishing.quality.text_sweep import TextSweep
from publishing.richtext import rich_text_fields, tables_with_rich_text
from publishing.richtext.snippets import with_snippets

CERTAIN, PERHAPS, UNKNOWN = Reference.Status.CERTAIN, Reference.Status.PERHAPS, Reference.Status.UNKNOWN
# Words between a model and a value that is said of it, and before a model that is not the subject of the sentence.
GAP = re.compile(r"(?:['’]s)?(?:[ ,():–]+(?!successor|predecessor|rival|version|variant|snapshot)[a-z]+){0,8}[ ,():–]+")
OF = re.compile(r"\b(?:of|on|from|than|with|by|for|unlike|like|after|before|in) (?:the )?$", re.IGNORECASE)


def sync_names(records) -> None:
    """Make the references by name of `records` (of one model) equal to the names in their texts."""
    fields = sorted(rich_text_fields(type(records[0]))) if records else ()
    if fields:
        lexicon = current_lexicon() if any(getattr(record, field) for record in records for field in fields) else None
        Reference.objects.replace(
            {
                record: [
                    Reference(field=field, target_type=content_type(*ref.split("/")[0].split(".")), **values)
                    for field in fields
                    if lexicon and (html := with_snippets(getattr(record, field)))
                    for ref, values in references_in(names_in_html(html, lexicon))
                ]
                for record in records
            },
            is_link=False,
        )


def references_in(items: list[NameInText]) -> Iterator[tuple[str, dict]]:
    """Yield the record that each name means or, if unknown, the series it continues; and the values of a reference."""
    by_sentence = defaultdict(list)
    for item in items:
        by_sentence[item.sentence].append(item)
        name = item.series or item.name
        if name and not item.ref and (item.is_free or not item.is_certain):
            status = UNKNOWN if item.how == MatchKind.UNKNOWN else CERTAIN if item.is_certain else PERHAPS
            yield name.ref, _values(name.ref, item.text, item.sentence, status)
    for sentence, sentence_items in by_sentence.items():
        yield from _typed(sentence, sentence_items)


def _values(ref: str, text: str, sentence: str, status: str, fact: str = "") -> dict:
    pk = int(ref.partition("/")[2])
    return {"target_id": pk, "words": text[:200], "sentence": sentence, "status": status, "fact": fact}


def _typed(sentence: str, items: list[NameInText]) -> Iterator[tuple[str, dict]]:
    """Yield the values that a sentence says of its subject, if that is the only record it names beside its vendor."""
    by_ref = {item.ref or (item.names[0].ref if item.is_certain else ""): item for item in items}
    about = [ref for ref in by_ref if ref.partition("/")[0] in citable]
    vendors = {item.names[0].vendor if item.names else None for item in items}
    is_one = len(by_ref) == 1 or (len(vendors) == 1 and None not in vendors)
    if len(about) != 1 or "" in by_ref or not is_one or any(item.is_quoted for item in items):
        return
    before, _, after = sentence.partition(" ".join(by_ref[about[0]].text.split()))
    for item in items:  # also the values of cited facts, which are always current
        after = after.replace(item.text, "")
    values_by_fact = {fact: TYPED[fact].hits(after) for fact in TYPED.keys() & labels_of(about[0].partition("/")[0])}
    for fact, values in values_by_fact.items():
        gap = after.partition(values[0])[0] if len(values) == 1 else ""
        for other in chain(*values_by_fact.values()):  # one value may follow another
            gap = gap.replace(other, "value")
        if GAP.fullmatch(gap) and not OF.search(before):
            yield about[0], _values(about[0], values[0], sentence, CERTAIN, fact)


def find_in_all_texts(seconds: float) -> bool:
    """Search all texts again if the names have changed; return whether all are done."""
    models = [model for model in tables_with_rich_text() if issubclass(model, Publishable)]
    conditions = [
        reduce(or_, (Q((f"{field}__gt", "")) for field in sorted(rich_text_fields(model)))) for model in models
    ]
    texts = [model._base_manager.filter(condition) for model, condition in zip(models, conditions, strict=True)]
    return TextSweep.objects.go_on("names", current_lexicon().digest, texts, search_records, sync_names, seconds)


def search_records(records: list[Publishable]) -> None:
    """Search the texts of records (of one model), as `sync_names` does, without writing."""
    fields = sorted(rich_text_fields(type(records[0]))) if records else ()
    search_names([html for record in records for field in fields if (html := with_snippets(getattr(record, field)))])


@before_transaction.register
def search_names(texts):
    if texts:
        lexicon = current_lexicon()  # it reads all names
        for html in texts:
            names_in_html(html, lexicon)


@after_write.register
def update_names(written: SavedRecords):
    if written.touches(rich_text_fields(written.model)):
        sync_names(written.records)
